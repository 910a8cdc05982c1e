-- SPDX-License-Identifier: Apache-2.0
-- Content that an owner brings to its own elements: why one element of a campaign was left out.

ALTER TABLE campaign_member ADD COLUMN failure @TEXT@ NOT NULL DEFAULT '';     -- JSON, of one that could not begin, or whose work failed
