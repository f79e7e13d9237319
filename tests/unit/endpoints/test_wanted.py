# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be reached: endpoints by hand and those of the catalog; what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.endpoints.wanted import (
    Endpoint,
    Wanted,
    wanted_endpoints,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.errors import (
    InputError,
)

SECRET = "Tr0ub4dor"
NONE = {
    **dict.fromkeys(
        ("endpoints", "version", "features", "server_role", "proxy_host", "proxy_port", "deadline")
    ),
    "timeout": 5,
}
PROXY = {"proxy_host": "proxy.example.com", "proxy_port": 8080}
PEER = {"host": "mail2.example.com", "port": 9095}


def wanted(*endpoints: Any, **given: Any) -> Wanted:
    return wanted_endpoints({**NONE, "endpoints": list(endpoints) or None, **given})


def asked(found: Wanted) -> set[tuple[str, str, int, bool]]:
    return {
        (endpoint.kind, endpoint.host, endpoint.port, endpoint.through_proxy)
        for endpoint in found.endpoints
    }


def test_kinds_have_their_ports_and_become_what_the_worker_knows() -> None:
    kinds = ("http", "https", "ldap", "ldaps")
    found = wanted(
        *({"kind": kind, "host": "Server.Example.com."} for kind in kinds),
        PEER,
        {"kind": "dns", "query": "www.example.com"},
    )
    assert [endpoint.port for endpoint in found.endpoints] == [80, 443, 389, 636, 9095, 53]
    told = [endpoint.to_worker() for endpoint in found.endpoints]
    assert [entry["kind"] for entry in told] == ["http", "https", "tcp", "tls", "tcp", "dns"]
    assert told[0] == {
        "kind": "http",
        "host": "server.example.com",
        "port": 80,
        "query": "",
        "transport": "udp",
        "path": "/",
        "through_proxy": False,
    }
    assert (told[5]["host"], told[5]["query"], told[5]["transport"]) == (
        "",
        "www.example.com",
        "udp",
    )
    assert [endpoint.title for endpoint in found.endpoints[-2:]] == [
        "tcp mail2.example.com:9095",
        "dns configured servers by UDP",
    ]


def test_ipv6_goes_with_and_without_brackets() -> None:
    one, other = wanted(
        {"host": "[2001:DB8::1]", "port": 9095}, {"host": "2001:db8:0::1", "port": "9095"}
    ).endpoints
    assert one == other and one.host == "2001:db8::1" and one.target == "[2001:db8::1]:9095"


def test_the_proxy_is_for_pages_unless_said_otherwise() -> None:
    entries = [
        {"kind": "http", "host": "a.example.com"},
        {"kind": "https", "host": "b.example.com", "proxy": False},
        PEER,
        {**PEER, "proxy": "true"},
    ]
    assert [endpoint.through_proxy for endpoint in wanted(*entries, **PROXY).endpoints] == [
        True,
        False,
        False,
        True,
    ]
    assert not any(endpoint.through_proxy for endpoint in wanted(*entries[:3]).endpoints)


@pytest.mark.parametrize(
    ("count", "timeout", "given", "deadline"),
    [(1, 5, None, 10), (64, 5, None, 10), (65, 5, None, 15), (2000, 60, None, 600), (1, 5, 5, 5)],
)
def test_the_deadline_grows_with_the_endpoints(
    count: int, timeout: int, given: int | None, deadline: int
) -> None:
    assert wanted(*[PEER] * count, timeout=timeout, deadline=given).deadline == deadline


def test_the_hosts_of_the_catalog_are_asked_as_the_articles_say() -> None:
    found = wanted(version="21")
    assert ("http", "meupdate.gfi.com", 80, False) in asked(found) and (
        "https",
        "support.gfi.com",
        443,
        False,
    ) in asked(found)
    assert {host for kind, host, _port, _proxy in asked(found) if kind == "http"} == {
        "meupdate.gfi.com",
        "sn92.mailshell.net",
        "db11.spamcatcher.net",
    }
    assert {
        (endpoint.transport, endpoint.query)
        for endpoint in found.endpoints
        if endpoint.kind == "dns"
    } == {
        ("udp", "meupdate.gfi.com"),
        ("tcp", "meupdate.gfi.com"),
    }
    assert [one["host"] for one in found.unchecked] == ["*.mailshell.net", "*.rules.mailshell.net"]
    assert {one["reason"] for one in found.unchecked} == {"cannot be checked by name"}
    (known,) = (endpoint for endpoint in found.endpoints if endpoint.host == "sn92.mailshell.net")
    assert [want["sources"] for want in known.wanted_by] == [["S1"]]


def test_what_is_contradicted_is_doubtful() -> None:
    doubtful = {
        version: {
            endpoint.host for endpoint in wanted(version=version).endpoints if endpoint.doubtful
        }
        for version in ("14", "14 SR1", "2015", "21", "22")
    }
    assert doubtful["14"] == set()
    assert doubtful["14 SR1"] == {"db11.spamcatcher.net"}
    assert doubtful["2015"] == {
        "db11.spamcatcher.net",
        "gfi-downloader-137146314.us-east-1.elb.amazonaws.com",
    }
    assert doubtful["21"] == {
        "db11.spamcatcher.net",
        "sn92.mailshell.net",
        "update.gfi.com",
        "update.gfisoftware.com",
    }
    assert doubtful["22"] == doubtful["21"]


def test_what_is_doubtful_says_what_each_source_says() -> None:
    found = {endpoint.host: endpoint.disagreement for endpoint in wanted(version="21").endpoints}
    assert found["support.gfi.com"] == ""
    assert (
        "(S1, no date): used by version 14 (build 20080915) only, in note 2."
        in (found["db11.spamcatcher.net"])
    )


def test_one_who_is_not_contradicted_is_enough() -> None:
    contradicted, documented = {"status": "contradicted"}, {"status": "documented"}
    found = [
        Endpoint("tcp", "a.example.com", 1, wanted_by=wants).doubtful
        for wants in ((contradicted, documented), (contradicted,), ())
    ]
    assert found == [False, True, False]


def test_updates_go_by_proxy_and_names_and_ftp_do_not() -> None:
    found = wanted(version="21", features=["ftp"], **PROXY)
    direct = {
        (endpoint.kind, endpoint.host) for endpoint in found.endpoints if not endpoint.through_proxy
    }
    assert (
        direct == {("dns", ""), ("tcp", "ftp.gfisoftware.com")}
        and found.proxy == "proxy.example.com:8080"
    )


def test_endpoints_by_hand_stand_alone_unless_more_is_asked_for() -> None:
    assert len(wanted(PEER).endpoints) == 1
    for more in ({"version": "21"}, {"features": []}):
        both = wanted(PEER, **more)
        assert both.endpoints[0].port == 9095 and len(both.endpoints) > 10
    assert asked(wanted()) == asked(wanted(version="latest"))


def of(key: str, value: Any, **others: Any) -> list[Any]:
    return [{**PEER, **others, key: value}]


# options, and the field and a word of the sentence
BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"endpoints": "mail2.example.com"}, "endpoints", "is not a list"),
    ({"endpoints": []}, "endpoints", "empty list"),
    ({"endpoints": [PEER] * 2001}, "endpoints", "2000 at most"),
    ({"endpoints": ["mail2.example.com:9095"]}, "endpoints[0]", "not a dictionary"),
    ({"endpoints": [PEER, None]}, "endpoints[1]", "not a dictionary"),
    ({"endpoints": of("hots", 1)}, "endpoints[0].hots", "did you mean 'host'"),
    ({"endpoints": of("kind", "smtp")}, "endpoints[0].kind", "not a known kind"),
    ({"endpoints": of("kind", 6)}, "endpoints[0].kind", "not a known kind"),
    ({"endpoints": of("kind", None)}, "endpoints[0].kind", "is null"),
    ({"endpoints": of("port", None)}, "endpoints[0].port", "is null"),
    ({"endpoints": [{"host": "mail2.example.com"}]}, "endpoints[0].port", "is missing"),
    (
        {"endpoints": [{"kind": "tls", "host": "mail2.example.com"}]},
        "endpoints[0].port",
        "is missing",
    ),
    ({"endpoints": of("port", 0)}, "endpoints[0].port", "0 is not a port"),
    ({"endpoints": of("port", 65536)}, "endpoints[0].port", "65536 is not a port"),
    ({"endpoints": of("port", 10**30)}, "endpoints[0].port", "is not a port"),
    ({"endpoints": of("port", -1)}, "endpoints[0].port", "-1 is not a port"),
    ({"endpoints": of("port", True)}, "endpoints[0].port", "is not a port"),
    ({"endpoints": of("port", "9095-9096")}, "endpoints[0].port", "is a range"),
    ({"endpoints": of("port", 9095.5)}, "endpoints[0].port", "is not a port"),
    ({"endpoints": [{"port": 9095}]}, "endpoints[0].host", "is missing"),
    ({"endpoints": of("host", "")}, "endpoints[0].host", "is missing"),
    ({"endpoints": of("host", ["mail2.example.com"])}, "endpoints[0].host", "must be a string"),
    (
        {"endpoints": of("host", "https://mail2.example.com")},
        "endpoints[0].host",
        "is a URL or a network",
    ),
    (
        {"endpoints": of("host", "mail2.example.com/status")},
        "endpoints[0].host",
        "is a URL or a network",
    ),
    ({"endpoints": of("host", "mail2.example.com:9095")}, "endpoints[0].host", "holds a port"),
    ({"endpoints": of("host", "[2001:db8::1]:9095")}, "endpoints[0].host", "holds a port"),
    (
        {"endpoints": of("host", "mail 2")},
        "endpoints[0].host",
        "not a host name or an IP address",
    ),
    (
        {"endpoints": of("host", "192.0.2.012")},
        "endpoints[0].host",
        "not a host name or an IP address",
    ),
    (
        {"endpoints": of("host", "*.example.com")},
        "endpoints[0].host",
        "not a host name or an IP address",
    ),
    (
        {"endpoints": of("host", "m\u00e4il.example.com")},
        "endpoints[0].host",
        "not a host name or an IP address",
    ),
    (
        {"endpoints": of("host", "mail2.example.com\r\nX: y")},
        "endpoints[0].host",
        "not a host name or an IP address",
    ),
    ({"endpoints": of("host", "192.0.2.0/24")}, "endpoints[0].host", "is a URL or a network"),
    (
        {"endpoints": of("host", f"admin:{SECRET}@mail2.example.com")},
        "endpoints[0]",
        "user name or password",
    ),
    (
        {"endpoints": of("kind", f"http://admin:{SECRET}@mail2.example.com")},
        "endpoints[0]",
        "user name or password",
    ),
    ({"endpoints": of("port", f"{SECRET}@443")}, "endpoints[0]", "user name or password"),
    (
        {"endpoints": of("name", f"http://admin:{SECRET}@mail2.example.com")},
        "endpoints[0]",
        "user name or password",
    ),
    ({"endpoints": of(f"admin:{SECRET}@mail2", 1)}, "endpoints[0]", "user name or password"),
    ({"endpoints": of("query", "www.example.com")}, "endpoints[0].query", "goes with dns only"),
    ({"endpoints": of("transport", "tcp")}, "endpoints[0].transport", "goes with dns only"),
    ({"endpoints": of("path", "/")}, "endpoints[0].path", "goes with http and https only"),
    (
        {"endpoints": [{"kind": "ldaps", "host": "dc1.example.com", "proxy": True}]},
        "endpoints[0].proxy",
        "not with ldaps",
    ),
    ({"endpoints": of("proxy", True)}, "endpoints[0].proxy", "there is no proxy"),
    (
        {"endpoints": of("proxy", "perhaps"), **PROXY},
        "endpoints[0].proxy",
        "must be true or false",
    ),
    ({"endpoints": of("path", "status", kind="http")}, "endpoints[0].path", "begin it with /"),
    ({"endpoints": of("path", "/a b", kind="http")}, "endpoints[0].path", "%20"),
    (
        {"endpoints": of("path", "/\r\nHost: x", kind="http")},
        "endpoints[0].path",
        "not the path of a page",
    ),
    ({"endpoints": [{"kind": "dns"}]}, "endpoints[0].query", "is missing"),
    (
        {"endpoints": [{"kind": "dns", "query": "192.0.2.1"}]},
        "endpoints[0].query",
        "not a host name",
    ),
    (
        {"endpoints": [{"kind": "dns", "query": "a..example.com"}]},
        "endpoints[0].query",
        "not a host name",
    ),
    (
        {"endpoints": [{"kind": "dns", "host": "", "query": "www.example.com"}]},
        "endpoints[0].host",
        "leave it out",
    ),
    (
        {"endpoints": [{"kind": "dns", "query": "www.example.com", "transport": "tls"}]},
        "endpoints[0].transport",
        "not a known transport",
    ),
    ({"endpoints": of("name", "a\nb")}, "endpoints[0].name", "not a line of text"),
    ({"endpoints": of("name", 7)}, "endpoints[0].name", "not a line of text"),
    ({"endpoints": [PEER], "server_role": "master"}, "server_role", "with endpoints alone"),
    ({"version": "1999"}, "version", "is not known"),
    ({"version": 21.8}, "version", "quotes"),
    ({"features": ["multiserver"]}, "features[0]", "is not known"),
    ({"features": "ftp"}, "features", "is not a list"),
    ({"timeout": 0}, "timeout", "from 1 to 60"),
    ({"timeout": 61}, "timeout", "from 1 to 60"),
    ({"deadline": 601}, "deadline", "from 1 to 600"),
    ({"deadline": 4}, "deadline", "less than the timeout"),
    ({"proxy_host": "proxy.example.com"}, "proxy_port", "is missing"),
    ({"proxy_port": 8080}, "proxy_host", "is missing"),
    (
        {"proxy_host": "http://proxy.example.com", "proxy_port": 8080},
        "proxy_host",
        "is a URL or a network",
    ),
    ({"proxy_host": "proxy.example.com:8080", "proxy_port": 8080}, "proxy_host", "holds a port"),
    (
        {"proxy_host": f"admin:{SECRET}@proxy.example.com", "proxy_port": 8080},
        "proxy_host",
        "user name or password",
    ),
    ({"proxy_host": "proxy.example.com", "proxy_port": 0}, "proxy_port", "is missing"),
]


@pytest.mark.parametrize(("given", "field", "words"), BAD)
def test_bad_input_is_one_sentence(given: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        wanted_endpoints({**NONE, **given})
    assert (caught.value.field, words in caught.value.sentence) == (field, True), str(caught.value)
    assert (
        SECRET not in str(caught.value)
        and "\n" not in str(caught.value)
        and len(str(caught.value)) < 700
    )


def test_enough_bad_input_is_tried() -> None:
    assert len(BAD) >= 60
