-- SPDX-License-Identifier: Apache-2.0
-- The certificate of a provider's attestation key: made once, so that it can be pinned and is older than every token.
CREATE TABLE attestation_certificate (
  party @ID@ NOT NULL PRIMARY KEY,
  made @I64@ NOT NULL,
  pem @TEXT@ NOT NULL) @STRICT@;
