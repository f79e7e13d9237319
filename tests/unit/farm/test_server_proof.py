# SPDX-License-Identifier: GPL-3.0-or-later
"""What stops a server after its farm was proven."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from unit.builders import refused

from ansible_collections.mailops.mailessentials.plugins.action.server_proof import ActionModule


def proven(*, on_failure: str = "fail", of_site: bool = False, **registered: Any) -> Any:
    """registered: what earlier tasks have."""
    action = ActionModule(SimpleNamespace(check_mode=False), None, None, None, None, None)
    plan = {"servers": {"me1": {"settings": {"verify_on_failure": on_failure}}}}
    variables = {"inventory_hostname": "me1", "plan_farms": plan, **registered}
    return action.answer(variables, {"of_site": of_site})


@pytest.mark.parametrize("drift", [False, True])
def test_drift_that_the_inventory_does_not_want_fails(drift: bool) -> None:
    own = {"preflight_server": {"drift": drift, "differs": ["multi_server", "proxy"]}}
    if drift:
        told = "not as wanted (firewall rules of the farm, proxy)"
        refused(lambda: proven(**own), "", told, "mailessentials_on_drift is fail")
    else:
        assert proven(**own) == {}


@pytest.mark.parametrize("of_site", [False, True])
@pytest.mark.parametrize("on_failure", ["fail", "warn"])
def test_a_proof_that_fails_only_warns_in_site_where_the_inventory_says_so(
    of_site: bool, on_failure: str
) -> None:
    def proof() -> Any:
        out = {"verify_result": {"farms": [], "out": {"me1": "me1 is not in order"}}}
        return proven(on_failure=on_failure, of_site=of_site, **out)

    if of_site and on_failure == "warn":
        assert proof() == {}
    else:
        refused(proof, "", "me1 is not in order")
