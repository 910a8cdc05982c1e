-- SPDX-License-Identifier: Apache-2.0
-- Further names in the owner's inventory: the card image number, and the subscriber's IMSI beside his number.

ALTER TABLE se ADD COLUMN cin @TEXT@;      -- tag 45 in hex, behind tag 42 where the file had that, too
ALTER TABLE se ADD COLUMN imsi @TEXT@;     -- changes with the subscription, as msisdn does
CREATE UNIQUE INDEX se_cin ON se(cin) WHERE cin IS NOT NULL;
CREATE INDEX se_imsi ON se(imsi) WHERE imsi IS NOT NULL;
