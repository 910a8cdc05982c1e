-- SPDX-License-Identifier: Apache-2.0
-- Orders and processes that run, by party: how many there are is counted in an index, up to the party's share.
DROP INDEX orders_running;
CREATE INDEX orders_running ON orders(party, instance) WHERE state < 2;
CREATE INDEX tsm_process_party ON tsm_process(party, start_by) WHERE state = 0;
