# SPDX-License-Identifier: GPL-3.0-or-later
"""What it costs to say what other rules take from wanted rules, or admit beside them, and what
happens to a connection, on a host with very many rules.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.blocking import (
    blocked,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.evaluation.flow import (
    read_flow,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.evaluation.policy import (
    Policy,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.explanation import (
    explained,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.exposure import (
    scope,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.reading import (
    FirewallReading,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.stored import (
    stored_rule,
)
from ansible_collections.mailops.mailessentials.plugins.plugin_utils._engine.firewall.wanted import (
    wanted_rules,
)

WANTED = 50
FLOW = "tcp 9095 from 192.0.2.12"


def evaluation_costs(
    texts: Sequence[tuple[str, str]], repeats: int
) -> Iterator[tuple[str, float, str]]:
    """A name, parsing and evaluating over parsing alone, and a remark. texts: ids and rule texts of
    the local store.
    """
    wanted = wanted_rules(
        [
            {
                "id": f"Wanted-{number}",
                "display_name": "Wanted",
                "direction": "outbound" if number % 5 == 0 else "inbound",
                "protocol": "tcp",
                ("remote_ports" if number % 5 == 0 else "local_ports"): [9000 + number],
                "remote_addresses": [f"192.0.2.{number}", "198.51.100.0/24"],
            }
            for number in range(1, WANTED + 1)
        ],
        "Wanted",
        "Wanted-",
    )

    def evaluate(reading: FirewallReading) -> None:
        policy = Policy(reading)
        list(blocked(policy, wanted))
        scope(policy, wanted)

    ways: dict[str, Callable[[FirewallReading], Any]] = {
        "evaluate_50_wanted_10k_over_parse": evaluate,
        "explain_1_flow_10k_over_parse": lambda reading: explained(
            reading, [read_flow(FLOW, "flows[0]")]
        ),
    }
    for name, work in ways.items():
        ratios, parsing, all_of_it = [], [], []
        for _repeat in range(repeats):
            started = time.process_time()
            reading = _read(texts)
            parsed = time.process_time()
            work(reading)
            done = time.process_time()
            ratios.append((done - started) / (parsed - started))
            parsing.append(parsed - started)
            all_of_it.append(done - started)
        yield (
            name,
            statistics.median(ratios),
            f"{statistics.median(all_of_it):.3f} s of CPU with parsing, which alone takes "
            f"{statistics.median(parsing):.3f} s, for {len(texts):,} rules",
        )


def _read(texts: Sequence[tuple[str, str]]) -> FirewallReading:
    return FirewallReading(
        services={"mpssvc": "Running", "BFE": "Running"},
        variables={"systemroot": "C:\\Windows", "programfiles": "C:\\Program Files"},
        active_profiles=("domain",),
        profiles_known=True,
        rules=tuple(stored_rule("local", rule_id, text) for rule_id, text in texts),
        profile_values={"local": {}, "mdm": {}, "gpo": {}},
        disabled_interfaces={},
        exceptions=(),
        interfaces=(),
        windows="10.0.20348",
    )
