# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one exception of the engine."""

from __future__ import annotations

from .sentences import one_line


class InputError(Exception):
    """Something that a person gave, or a host answered, cannot be used.

    field: the path of the field ("rules[0].local_ports[1]"), empty when no single field is to blame.
    sentence: one sentence for a tired administrator: the value, and what would be right.
    """

    def __init__(self, field: str, sentence: str) -> None:
        field, sentence = one_line(field), one_line(sentence)
        super().__init__(f"{field}: {sentence}" if field else sentence)
        self.field = field
        self.sentence = sentence
