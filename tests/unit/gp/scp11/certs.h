/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates and keys of authorities as hex texts. Test data. */
#ifndef TSM_TESTS_UNIT_GP_SCP11_CERTS_H
#define TSM_TESTS_UNIT_GP_SCP11_CERTS_H

/* 7F21: CA on P-384, KA on P-256 signed by it, SD on P-256 signed by that. */
extern const char cert_gp_ca[];
extern const char cert_gp_ka[];
extern const char cert_gp_sd[];
extern const char cert_gp_sd_point[];
/* 7F21 on brainpoolP256r1. */
extern const char cert_bp_ca[];
extern const char cert_bp_sd[];
/* X.509: CA on P-256, KA on P-384, SD on P-256 with the extensions of GlobalPlatform; then one without them,
 * one with an unknown critical one, one whose issuer has another name; a KA that is no authority. */
extern const char cert_x_ca[];
extern const char cert_x_ka[];
extern const char cert_x_sd[];
extern const char cert_x_sd_plain[];
extern const char cert_x_sd_critical[];
extern const char cert_x_sd_stray[];
extern const char cert_x_ka_no_ca[];
/* An RSA key of a CASD in 7F21, signed by the CA of the X.509 chain. */
extern const char cert_rsa[];
/* Published with GlobalPlatformPro. */
extern const char cert_published[], cert_published_ca[];
/* Published with OpenSCP-Java: identifiers of 20 octets, a binary date, a DER signature. */
extern const char cert_samsung[];

#endif
