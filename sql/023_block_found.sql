-- SPDX-License-Identifier: Apache-2.0
-- How the card was found when an application was blocked: who suspended it before the owner did keeps it suspended.
ALTER TABLE care_block ADD COLUMN found @I64@ NOT NULL DEFAULT 0;    -- 0: not known yet, 1: open, the owner locked it, 2: locked already
