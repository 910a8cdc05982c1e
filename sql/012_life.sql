-- SPDX-License-Identifier: Apache-2.0
-- The life cycle of TR-03165 3.2.2 in full: service commands of an order, what an instance has been through, flavors that were removed.
ALTER TABLE orders ADD COLUMN commands @I64@ NOT NULL DEFAULT 15;      -- order/life/commands.h: all, and finalise
ALTER TABLE orders ADD COLUMN version @TEXT@ NOT NULL DEFAULT '';      -- tag that was asked for, empty: the newest that suits
ALTER TABLE orders ADD COLUMN start_state @I64@ NOT NULL DEFAULT 0;    -- of the instance, when the first turn was made; 0: not yet
ALTER TABLE orders ADD COLUMN end_state @I64@ NOT NULL DEFAULT 0;      -- 0: not ended, or the instance is gone
ALTER TABLE orders ADD COLUMN started @I64@ NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN ended @I64@ NOT NULL DEFAULT 0;
ALTER TABLE service_instance ADD COLUMN done @I64@ NOT NULL DEFAULT 0; -- service commands that were executed
ALTER TABLE service_instance ADD COLUMN version @TEXT@ NOT NULL DEFAULT '';
ALTER TABLE service_instance ADD COLUMN last_operation @I64@ NOT NULL DEFAULT 0; -- TR-03165 4.2.4.2
ALTER TABLE flavor ADD COLUMN removed @I64@ NOT NULL DEFAULT 0;        -- by the provider: only its instances still need it
UPDATE service_instance SET done = 7 WHERE state IN (14, 21, 22);
UPDATE service_instance SET done = 3 WHERE state = 12;
UPDATE service_instance SET done = 1 WHERE state = 11;
CREATE INDEX service_instance_flavor ON service_instance(party, flavor);
