-- SPDX-License-Identifier: Apache-2.0
-- The device interface of BSI TR-03165 clause 4.2: the names that apps know instances by, and the processes that they start.

ALTER TABLE service_instance ADD COLUMN uuid @TEXT@ NOT NULL DEFAULT '';    -- the id that apps and the provider's SPOS see; empty: nobody asked yet
ALTER TABLE service_instance ADD COLUMN profile @TEXT@ NOT NULL DEFAULT ''; -- name of the element's profile, as the owner told it
CREATE UNIQUE INDEX service_instance_uuid ON service_instance(uuid) WHERE uuid <> '';
ALTER TABLE orders ADD COLUMN step @I64@ NOT NULL DEFAULT 0;                -- of its process, for those who watch

CREATE TABLE tsm_process (                 -- what an app asked for: an order from its start on
  id @ID@ NOT NULL PRIMARY KEY,
  party @I64@ NOT NULL,
  uuid @TEXT@ NOT NULL,                    -- the order's trace
  caller @TEXT@ NOT NULL,                  -- hash of the app's certificate, as the app says
  reader @TEXT@ NOT NULL,                  -- of the element, as this handset calls it
  instance @I64@ NOT NULL,
  instance_uuid @TEXT@ NOT NULL,
  operation @I64@ NOT NULL,                -- order/states.h
  commands @I64@ NOT NULL,                 -- order/life/commands.h
  version @TEXT@ NOT NULL,
  data @TEXT@ NOT NULL,                    -- card data, still encrypted to the intake key; emptied at the start
  inputs @BLOB@ NOT NULL,                  -- personalizationData, sealed for the order; emptied at the start
  state @I64@ NOT NULL,                    -- 0 waits for its start, 1 is an order, 2 never became one
  order_id @I64@ NOT NULL,
  status @I64@ NOT NULL,                   -- state 2: error type
  details @TEXT@ NOT NULL,
  start_by @I64@ NOT NULL,
  begun @I64@ NOT NULL,                    -- when the app heard of it
  ended @I64@ NOT NULL) @STRICT@;          -- state 2
CREATE UNIQUE INDEX tsm_process_uuid ON tsm_process(uuid);
CREATE INDEX tsm_process_instance ON tsm_process(instance, id);
CREATE INDEX tsm_process_waiting ON tsm_process(start_by) WHERE state = 0;
CREATE INDEX tsm_process_over ON tsm_process(ended) WHERE state = 2 AND order_id = 0;
CREATE INDEX tsm_process_order ON tsm_process(order_id) WHERE order_id <> 0;
