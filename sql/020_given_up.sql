-- SPDX-License-Identifier: Apache-2.0
-- What is given up, and what was begun and not ended: orders that their app cancels, keys whose making a crash may have cut.
-- And what an app adds to an installation (TR-03165 4.2.3.3).
ALTER TABLE orders ADD COLUMN given_up @I64@ NOT NULL DEFAULT 0;     -- 1: nothing new is sent, the order ends with what was heard
ALTER TABLE key_name ADD COLUMN state @I64@ NOT NULL DEFAULT 1;      -- 0: the token may have it or not, 1: it has
ALTER TABLE orders ADD COLUMN installation @TEXT@ NOT NULL DEFAULT '';      -- JSON {AID: TLV structures}; emptied when the order ends
ALTER TABLE tsm_process ADD COLUMN installation @TEXT@ NOT NULL DEFAULT ''; -- the same until the start
ALTER TABLE access_token ADD COLUMN app @TEXT@ NOT NULL DEFAULT '';         -- role app: the one callerId that it is good for, lower case; empty: any
