-- SPDX-License-Identifier: Apache-2.0
-- What a flavor's featureConfig made of a domain: how its provider's keys came to be, told in attestation tokens.

CREATE TABLE domain_provisioning (         -- one row a domain of a provider that a flavor provisions keys for
  domain @ID@ NOT NULL PRIMARY KEY,
  mode @I64@ NOT NULL,                     -- TR-03165 4.1.4.6: 1 diversified, 2 basic, 3 random
  key_index @TEXT@ NOT NULL,               -- name of the master (1, 2) or transport key (3)
  kdd @BLOB@ NOT NULL) @STRICT@;           -- key diversification data, mode 1; else empty
