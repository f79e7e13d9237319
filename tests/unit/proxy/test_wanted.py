# SPDX-License-Identifier: GPL-3.0-or-later
"""Stored proxy settings are read as they were captured; what is wanted is checked, said in each
store's words, and compared.
"""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest
import yaml
from surroundings import CHECKOUT

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.errors import (
    InputError,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.proxy.reading import (
    ProxyReading,
    decode_proxy,
    decode_winhttp,
    decode_wininet,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.proxy.wanted import (
    compare,
    mailessentials_settings,
    wanted_proxy,
)
from simulator import farm
from simulator.host import SimulatedHost
from simulator.proxies import CONNECTIONS, POLICY, observe_proxy, put

CAPTURES = yaml.safe_load(
    (CHECKOUT / "tests" / "data" / "proxy" / "settings.yml").read_text(encoding="utf-8")
)
DECODE = {"winhttp": decode_winhttp, "wininet": decode_wininet}
NAMES = [(store, name) for store, entries in CAPTURES.items() for name in entries]
ALL = ["winhttp", "wininet", "environment"]
NONE = {
    **dict.fromkeys(("host", "port", "https_host", "https_port", "pac_url", "state")),
    "bypass": [],
    "auto_detect": False,
    "stores": ["winhttp"],
}
PROXY = {"host": "proxy.example.com", "port": 8080}
SECRET = "Tr0ub4dor"


def options(**given: Any) -> dict[str, Any]:
    return {**NONE, **given}


def packed(**changes: Any) -> str:
    reading = {**observe_proxy(SimulatedHost()), **changes}
    return base64.b64encode(gzip.compress(json.dumps(reading).encode())).decode()


def read(*changes: Any) -> ProxyReading:
    """What is read of a simulated host after changes, each a function of simulator.farm and its
    arguments.
    """
    host = SimulatedHost()
    for change, arguments, named in changes:
        change(host, *arguments, **named)
    return decode_proxy(
        base64.b64encode(gzip.compress(json.dumps(observe_proxy(host)).encode())).decode()
    )


def made(
    change: Any, *arguments: Any, **named: bool
) -> tuple[Any, tuple[Any, ...], dict[str, bool]]:
    return change, arguments, named


def judged(reading: ProxyReading, **given: Any) -> dict[str, dict[str, Any]]:
    chosen = options(**given)
    return {
        entry["store"]: entry for entry in compare(reading, chosen["stores"], wanted_proxy(chosen))
    }


@pytest.mark.parametrize(("store", "name"), NAMES)
def test_a_captured_value_is_understood(store: str, name: str) -> None:
    entry = CAPTURES[store][name]
    found = DECODE[store](bytes.fromhex(entry["hex"]))
    assert found is not None
    told = found.to_dict()
    assert {key: told[key] for key in entry["means"]} == entry["means"]
    assert told["direct"] == (
        not entry["means"]["proxies"]
        and not entry["means"]["pac_url"]
        and not entry["means"]["auto_detect"]
    )


@pytest.mark.parametrize(("store", "name"), NAMES)
def test_a_value_of_another_layout_is_not_understood(store: str, name: str) -> None:
    """Cut anywhere before its texts end, of another version, with another flag: never an error, and
    never taken for direct access.
    """
    value = bytes.fromhex(CAPTURES[store][name]["hex"])
    texts = len(value) if store == "winhttp" else len(value.rstrip(b"\0"))
    for length in range(min(texts, 20) if store == "winhttp" else min(texts, 24)):
        assert DECODE[store](value[:length]) is None, length
    for place, byte in (
        (0, 0x19),
        (0, 0),
        (1, 1),
        (8, 0),
        (8, 2),
        (8, 0x11),
        (9, 1),
        (12, 0xFF),
        (15, 0xFF),
    ):
        assert DECODE[store](value[:place] + bytes([byte]) + value[place + 1 :]) is None, (
            place,
            byte,
        )


def test_a_text_that_is_not_plain_is_not_understood() -> None:
    value = bytes.fromhex(CAPTURES["winhttp"]["winhttp_named_28"]["hex"])
    assert decode_winhttp(value.replace(b"a:42", b"a\x00\x3a\x00")) is None
    assert decode_winhttp(value.replace(b"a:42", b"    ")) is None


def test_no_value_is_direct_access_for_winhttp_alone() -> None:
    for store, direct in (("winhttp", True), ("wininet", False)):
        found = DECODE[store](None)
        assert found is not None and found.direct is direct and found.to_dict()["direct"] is direct


def test_without_a_value_of_wininet_direct_access_is_set() -> None:
    """What Windows does without DefaultConnectionSettings is not documented."""
    target = made(put, POLICY, "ProxySettingsPerUser", 0)
    found = judged(read(target), state="absent", stores=["wininet"])["wininet"]
    assert (
        found["status"] == "different"
        and "Windows may look for a proxy by itself" in found["message"]
    )
    assert judged(read(target))["wininet"]["direct"] is False


def test_a_pac_file_without_an_address_is_not_understood() -> None:
    """Seen in a published value, whose address stands in the bytes behind the texts."""
    value = (
        bytes.fromhex("3C0000000200000005000000" + "00000000" * 3)
        + b"\x01\x00\x00\x00http://wpad/p.pac"
    )
    assert decode_wininet(value) is None
    assert decode_wininet(value.replace(b"\x05", b"\x01", 1)) is not None


@pytest.mark.parametrize(("stored", "kind"), [("0", "text"), ({"hex": "00000000"}, "another type")])
def test_a_policy_that_is_no_number_is_told_and_set(stored: Any, kind: str) -> None:
    reading = read(*SET, made(put, POLICY, "ProxySettingsPerUser", stored))
    for given in (FULL, {"state": "absent", "stores": ["wininet"]}):
        found = judged(reading, **given)["wininet"]
        assert (found["status"], found["machine_wide"]) == ("different", False)
        assert (
            f"ProxySettingsPerUser is stored as {kind} and not as a number (REG_DWORD)"
            in found["message"]
        )


@pytest.mark.parametrize("store", ["winhttp", "wininet"])
def test_texts_of_every_length_are_read(store: str) -> None:
    """A length of 64, or 64 more than a multiple of 256, has a byte that is an @; nothing is masked
    for it.
    """
    for length in range(601):
        proxy, bypass = "p:1", "b" * length
        found = getattr(read(made(getattr(farm, store), proxy, bypass)), store)
        assert (dict(found.proxies), found.credentials) == ({"all": proxy}, False), length
        assert found.bypass == (frozenset([bypass]) if length else frozenset()), length
        found = getattr(
            read(made(getattr(farm, store), "p" * (length + 1), "*.example.com")), store
        )
        assert (dict(found.proxies), found.credentials) == ({"all": "p" * (length + 1)}, False), (
            length
        )


@pytest.mark.parametrize("length", [1, 63, 64, 65, 256 + 64, 600])
def test_credentials_are_masked_within_their_text_alone(length: int) -> None:
    reading = read(
        made(
            farm.wininet,
            f"admin:{SECRET}@{'p' * length}:1",
            "b" * length,
            f"http://a:{SECRET}@pac/",
        )
    )
    assert reading.wininet is not None and reading.wininet.credentials
    assert SECRET not in repr(reading) and "admin" not in repr(reading)
    assert reading.wininet.bypass == {"b" * length} and reading.wininet.pac_url.endswith("@pac/")


def test_what_stands_behind_the_texts_and_what_is_laid_out_otherwise_stays_on_the_host() -> None:
    host = SimulatedHost()
    farm.wininet(host, "proxy:1")
    known = observe_proxy(host)["wininet"]
    whole = host.machine.registry[CONNECTIONS]["DefaultConnectionSettings"]["hex"]
    assert whole.startswith(known) and len(whole) - len(known) == 64
    put(
        host,
        CONNECTIONS,
        "DefaultConnectionSettings",
        {"hex": whole[:24] + "FFFFFFFF" + SECRET.encode().hex()},
    )
    assert observe_proxy(host)["wininet"] == whole[:24]


@pytest.mark.parametrize(
    ("text", "proxies"),
    [
        ("proxy:8080", {"all": "proxy:8080"}),
        ("http=one:1;https=two:2", {"http": "one:1", "https": "two:2"}),
        ("HTTP=http://One:1/ https=[2001:db8::1]:2", {"http": "one:1", "https": "[2001:db8::1]:2"}),
    ],
)
def test_the_forms_of_a_proxy(text: str, proxies: dict[str, str]) -> None:
    found = read(made(farm.winhttp, text, "b;A  *.c;")).winhttp
    assert found is not None
    assert (found.proxies, sorted(found.bypass)) == (proxies, ["*.c", "a", "b"])


BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"schema": 2}, "schema 1"),
    ({"winhttp": "0"}, "'winhttp'"),
    ({"winhttp": 5}, "'winhttp'"),
    ({"wininet": "zz"}, "'wininet'"),
    ({"per_user": []}, "'per_user'"),
    ({"per_user": False}, "'per_user'"),
    ({"environment": []}, "'environment'"),
    ({"environment": {"HTTP_PROXY": 1}}, "'environment'"),
]


@pytest.mark.parametrize(("changes", "words"), BROKEN)
def test_a_reading_that_is_not_as_agreed(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        decode_proxy(packed(**changes))


BAD: list[tuple[dict[str, Any], str]] = [
    ({"host": "proxy.example.com"}, "port: is missing; host requires it"),
    ({"host": "proxy.example.com", "port": 0}, "port: is missing"),
    ({"port": 8080}, "host: is missing; port requires it"),
    (
        {"host": "proxy.example.com:8080", "port": 8080},
        "host: 'proxy.example.com:8080' holds a port; give it in port",
    ),
    ({"host": "192.0.2.1:8080", "port": 8080}, "holds a port"),
    (
        {"host": "http://proxy.example.com", "port": 8080},
        "host: 'http://proxy.example.com' is a URL",
    ),
    ({"host": "proxy.example.com/", "port": 8080}, "is a URL or a network"),
    (
        {"host": "proxy example", "port": 8080},
        "host: 'proxy example' is not a host name or an IP address",
    ),
    ({"host": "proxy_.-", "port": 8080}, "is not a host name"),
    ({"host": "192.0.2.300", "port": 8080}, "is not a host name"),
    ({"host": "192.0.2.012", "port": 8080}, "is not a host name"),
    ({"host": "[proxy.example.com]", "port": 8080}, "is not a host name"),
    ({"host": "2001:db8::1::2", "port": 8080}, "is not a host name"),
    ({"host": "a=b", "port": 8080}, "is not a host name"),
    ({"host": "proxy.example.com;other", "port": 8080}, "is not a host name"),
    ({"host": "a" * 64, "port": 8080}, "is not a host name"),
    ({**PROXY, "port": 65536}, "port: is not a port"),
    ({**PROXY, "port": -1}, "port: is not a port"),
    (
        {**PROXY, "https_host": "secure.example.com"},
        "https_port: is missing; https_host requires it",
    ),
    ({**PROXY, "https_port": 8443}, "https_host: is missing; https_port requires it"),
    (
        {"https_host": "secure.example.com", "https_port": 8443},
        "host: is missing; https_host names another proxy",
    ),
    (
        {**PROXY, "https_host": "https://secure.example.com", "https_port": 8443},
        "https_host: 'https://",
    ),
    (
        {**PROXY, "pac_url": "http://proxy.example.com/proxy.pac"},
        "pac_url: is given together with host",
    ),
    (
        {"pac_url": "C:\\proxy.pac", "stores": ["wininet"]},
        "pac_url: is not the address",
    ),
    ({"pac_url": "file://server/proxy.pac", "stores": ["wininet"]}, "pac_url: is not the address"),
    ({"pac_url": "http://proxy.example.com/a b.pac", "stores": ["wininet"]}, "pac_url: "),
    (
        {"pac_url": "http://proxy.example.com/proxy.pac"},
        "stores[0]: winhttp knows neither PAC files nor detection",
    ),
    (
        {"auto_detect": True, "stores": ["wininet", "environment"]},
        "stores[1]: environment knows neither",
    ),
    ({"state": "present"}, "host: is missing; give host and port of the proxy"),
    ({"state": "absent", **PROXY}, "host: is given together with state absent"),
    ({"state": "absent", "bypass": ["a"]}, "bypass: is given together with state absent"),
    ({"state": "absent", "auto_detect": True}, "auto_detect: is given together"),
    ({"bypass": ["mail1.example.com"]}, "host: is missing"),
    (
        {"auto_detect": True, "stores": ["wininet"], "bypass": ["a"]},
        "bypass: is given without host",
    ),
    ({**PROXY, "bypass": ["one two"]}, "bypass[0]: is not an entry"),
    ({**PROXY, "bypass": ["one;two"]}, "bypass[0]: is not an entry"),
    ({**PROXY, "bypass": ["a", "one,two"]}, "bypass[1]: is not an entry"),
    ({**PROXY, "bypass": ["192.0.2.0/24"]}, "bypass[0]: is a network"),
    ({**PROXY, "bypass": ["http://mail1.example.com"]}, "bypass[0]: is a URL"),
    ({**PROXY, "bypass": ["2001:db8::1"]}, "bypass[0]: holds a colon; whether Windows"),
    ({**PROXY, "bypass": ["mail1:443"]}, "bypass[0]: holds a colon"),
    ({**PROXY, "bypass": ["*"]}, "bypass[0]: is not an entry"),
    ({**PROXY, "bypass": ["<remote>"]}, "bypass[0]: is not an entry"),
    ({**PROXY, "bypass": [""]}, "bypass[0]: is not an entry"),
    ({**PROXY, "stores": []}, "stores: is an empty list"),
    ({**PROXY, "stores": ["winhttp", "winhttp"]}, "stores[1]: winhttp is there already"),
    (
        {"host": f"admin:{SECRET}@proxy.example.com", "port": 8080},
        "host: holds a user name or password",
    ),
    (
        {"host": f"http://admin:{SECRET}@proxy.example.com", "port": 8080},
        "host: holds a user name or password",
    ),
    (
        {**PROXY, "https_host": f"{SECRET}@proxy.example.com", "https_port": 1},
        "https_host: holds a user name",
    ),
    (
        {"pac_url": f"http://admin:{SECRET}@proxy.example.com/p.pac", "stores": ["wininet"]},
        "pac_url: holds a user name",
    ),
    ({**PROXY, "bypass": [f"admin:{SECRET}@mail1.example.com"]}, "bypass[0]: holds a user name"),
]


@pytest.mark.parametrize(("given", "words"), BAD)
def test_bad_input(given: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError) as caught:
        wanted_proxy(options(**given))
    assert (
        words in str(caught.value)
        and SECRET not in str(caught.value)
        and "\n" not in str(caught.value)
    )


def test_there_is_enough_bad_input() -> None:
    assert len(BAD) >= 50


@pytest.mark.parametrize(
    ("given", "http", "https"),
    [
        (
            {"host": "Proxy.Example.com", "port": 8080},
            "proxy.example.com:8080",
            "proxy.example.com:8080",
        ),
        ({"host": "2001:DB8::1", "port": 80}, "[2001:db8::1]:80", "[2001:db8::1]:80"),
        ({"host": "[2001:db8::1]", "port": 80}, "[2001:db8::1]:80", "[2001:db8::1]:80"),
        (
            {**PROXY, "https_host": "192.0.2.9", "https_port": 1},
            "proxy.example.com:8080",
            "192.0.2.9:1",
        ),
    ],
)
def test_a_proxy_that_is_wanted(given: dict[str, Any], http: str, https: str) -> None:
    wanted = wanted_proxy(options(**given))
    assert wanted is not None and (wanted.http, wanted.https) == (http, https)


NAMED = ["<local>", "*.Example.com", "mail1", "192.0.2.*"]
WORDS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (
        {**PROXY},
        {
            "winhttp": {"proxy": "proxy.example.com:8080"},
            "wininet": {"auto_detect": False, "proxy": "proxy.example.com:8080"},
            "environment": {
                "level": "machine",
                "variables": {
                    "HTTP_PROXY": "http://proxy.example.com:8080",
                    "HTTPS_PROXY": "http://proxy.example.com:8080",
                    "NO_PROXY": "",
                },
            },
        },
    ),
    (
        {**PROXY, "https_host": "secure", "https_port": 1, "bypass": [*NAMED, "MAIL1"]},
        {
            "winhttp": {
                "proxy": {"http": "proxy.example.com:8080", "https": "secure:1"},
                "bypass": ["*.Example.com", "192.0.2.*", "mail1", "<local>"],
            },
            "wininet": {
                "auto_detect": False,
                "proxy": {"http": "proxy.example.com:8080", "https": "secure:1"},
                "bypass": ["*.Example.com", "192.0.2.*", "mail1", "<local>"],
            },
            "environment": {
                "level": "machine",
                "variables": {
                    "HTTP_PROXY": "http://proxy.example.com:8080",
                    "HTTPS_PROXY": "http://secure:1",
                    "NO_PROXY": ".Example.com,mail1",
                },
            },
        },
    ),
    (
        {"pac_url": "http://proxy.example.com/p.pac", "stores": ["wininet"]},
        {
            "wininet": {"auto_detect": False, "auto_config_url": "http://proxy.example.com/p.pac"},
        },
    ),
    ({"auto_detect": True, "stores": ["wininet"]}, {"wininet": {"auto_detect": True}}),
    (
        {"state": "absent", "stores": ALL},
        {
            "winhttp": {},
            "wininet": {"auto_detect": False},
            "environment": {
                "level": "machine",
                "variables": {"HTTP_PROXY": "", "HTTPS_PROXY": "", "NO_PROXY": ""},
            },
        },
    ),
]


@pytest.mark.parametrize(("given", "said"), WORDS)
def test_the_words_of_each_module(given: dict[str, Any], said: dict[str, Any]) -> None:
    found = judged(read(), **{"stores": list(said), **given})
    assert {
        store: entry["wanted"]
        for store, entry in found.items()
        if entry["status"] != "not_compared"
    } == said


BYPASS = ["mail1", "*.example.com", "<local>"]
FULL = {**PROXY, "bypass": BYPASS, "stores": ALL}
SET = [
    made(farm.winhttp, "Proxy.example.com:8080", "<local>;MAIL1;*.example.com"),
    made(farm.wininet, "http://proxy.example.com:8080", "*.example.com;mail1 <local>"),
    made(farm.environment, "http_proxy", "http://Proxy.example.com:8080/"),
    made(farm.environment, "HTTPS_PROXY", "proxy.example.com:8080"),
    made(farm.environment, "NO_PROXY", "mail1, .example.com"),
]
# what is changed on a host that is right, and the stores that differ then
DRIFT: list[tuple[list[Any], list[str]]] = [
    ([], []),
    ([made(farm.winhttp)], ["winhttp"]),
    ([made(farm.winhttp, "proxy.example.com:8081", ";".join(BYPASS))], ["winhttp"]),
    ([made(farm.winhttp, "proxy.example.com:8080", ";".join(BYPASS[1:]))], ["winhttp"]),
    ([made(farm.winhttp, "http=proxy.example.com:8080", ";".join(BYPASS))], ["winhttp"]),
    (
        [
            made(
                farm.wininet,
                "proxy.example.com:8080",
                ";".join(BYPASS),
                "http://proxy.example.com/p.pac",
            )
        ],
        ["wininet"],
    ),
    (
        [made(farm.wininet, "proxy.example.com:8080", ";".join(BYPASS), auto_detect=True)],
        ["wininet"],
    ),
    ([made(farm.wininet, "proxy.example.com:8080", ";".join(BYPASS), per_user=True)], ["wininet"]),
    ([made(farm.environment, "HTTPS_PROXY", "")], ["environment"]),
    (
        [made(farm.environment, "http_proxy", f"http://admin:{SECRET}@proxy.example.com:8080")],
        ["environment"],
    ),
    ([made(farm.environment, "NO_PROXY", "mail1")], ["environment"]),
]


@pytest.mark.parametrize(("changes", "different"), DRIFT)
def test_what_differs_is_found(changes: list[Any], different: list[str]) -> None:
    found = judged(read(*SET, *changes), **FULL)
    assert [store for store, entry in found.items() if entry["status"] == "different"] == different
    assert all(
        ("wanted: " in entry["message"] or not entry["machine_wide"]) == (store in different)
        for store, entry in found.items()
    )
    assert SECRET not in str(found)


@pytest.mark.parametrize(
    ("changes", "different"),
    [
        ([], []),
        (SET, ALL),
        ([made(farm.wininet, per_user=True)], []),
        ([made(farm.wininet, auto_detect=True)], ["wininet"]),
    ],
)
def test_direct_access(changes: list[Any], different: list[str]) -> None:
    found = judged(read(*changes), state="absent", stores=ALL)
    assert [store for store, entry in found.items() if entry["status"] == "different"] == different


def test_what_is_not_asked_for_is_not_compared() -> None:
    assert {entry["status"] for entry in judged(read(*SET)).values()} == {"not_compared"}
    assert [entry["status"] for entry in judged(read(*SET), **PROXY).values()] == [
        "different",
        "not_compared",
        "not_compared",
    ]


def test_a_value_that_is_not_understood_is_left_alone() -> None:
    found = judged(decode_proxy(packed(winhttp="")), **PROXY)["winhttp"]
    assert found["status"] == "not_understood" and "is not changed" in found["message"]


def test_a_password_is_told_and_not_shown() -> None:
    reading = read(made(farm.winhttp, f"http=one:1;https=admin:{SECRET}@two:2", f"{SECRET}@three"))
    found = judged(reading, **PROXY)["winhttp"]
    assert found["credentials"] and "readable for every user" in found["message"]
    assert SECRET not in repr(reading) and "admin" not in repr(reading)


@pytest.mark.parametrize(
    ("given", "enabled", "server", "port", "words"),
    [
        ({}, None, "", 0, ""),
        (
            PROXY,
            True,
            "proxy.example.com",
            8080,
            "server proxy.example.com, port 8080. No document",
        ),
        (
            {"host": "2001:db8::1", "port": 80},
            True,
            "2001:db8::1",
            80,
            "server 2001:db8::1, port 80",
        ),
        ({"state": "absent"}, False, "", 0, "Switch the proxy off"),
        ({"auto_detect": True, "stores": ["wininet"]}, False, "", 0, "not known to work"),
    ],
)
def test_what_is_to_be_entered_by_hand(
    given: dict[str, Any], enabled: bool | None, server: str, port: int, words: str
) -> None:
    found = mailessentials_settings(wanted_proxy(options(**given)))
    assert (found["enabled"], found["server"], found["port"]) == (
        enabled,
        server,
        port,
    ) and words in found["message"]


def test_a_password_in_the_environment_is_told_and_not_shown() -> None:
    secret = "Tr0ub4dor"
    reading = read(made(farm.environment, "HTTP_PROXY", f"http://admin:{secret}@one:1"))
    (found,) = [
        entry
        for entry in compare(reading, ["environment"], None)
        if entry["store"] == "environment"
    ]
    assert found["credentials"] and "readable for every user" in found["message"]
    assert secret not in repr(found)
