-- SPDX-License-Identifier: Apache-2.0
-- Changes of issued applications (TR-03165: ExchangeServiceData): what was ordered, without any secret, and what the card showed afterwards.
ALTER TABLE orders ADD COLUMN exchange @TEXT@ NOT NULL DEFAULT '';        -- order/issuer/changes.h
ALTER TABLE orders ADD COLUMN exchange_result @TEXT@ NOT NULL DEFAULT '';

-- Token service providers: a token in place of the card number, and what became of it.
CREATE TABLE token_provider (
  party @I64@ NOT NULL,
  name @TEXT@ NOT NULL,                    -- as flavors say it
  body @TEXT@ NOT NULL,                    -- JSON, role/sp/token/provider.h
  PRIMARY KEY (party, name)) @WITHOUT_ROWID@;
ALTER TABLE service_instance ADD COLUMN token_provider @TEXT@ NOT NULL DEFAULT '';  -- empty: the card's own number
ALTER TABLE service_instance ADD COLUMN token_ref @TEXT@ NOT NULL DEFAULT '';       -- its provider's name for the token
