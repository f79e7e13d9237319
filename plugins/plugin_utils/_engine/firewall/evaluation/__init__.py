# Copyright: (c) 2026, mailops contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the rules of all stores together do with a connection, and with what a wanted rule admits.

A rule is a product of conditions. What is not known of a condition makes two sets of it: what the
rule certainly applies to, and what it applies to at most. So an answer is certain, or it says what
would settle it.
"""
