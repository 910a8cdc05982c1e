/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secure Channel Protocol '11', the side of the off-card entity: MUTUAL or INTERNAL AUTHENTICATE, keys agreed
 * on elliptic curves, the receipt checked. The channel that comes of it is used through gp/channel. Before it
 * go GET DATA of the domain's certificates (store.h, gp/certificate) and, but for SCP11b, PERFORM SECURITY
 * OPERATION with our own (pso.h). Stations 5, 7 and 10. Pure. [Amendment F 1.4]
 */
#ifndef TSM_GP_SCP11_SCP11_H
#define TSM_GP_SCP11_SCP11_H

#include "base/ec/ec.h"
#include "gp/channel/channel.h"

/* The parameters in tag 90 [Table 7-2]: b2-b1 the variant, b3 whether identifiers go into the keys. */
enum scp11_variant { SCP11B = 0x00, SCP11A = 0x01, SCP11C = 0x03 };
enum { SCP11_VARIANT_BITS = 0x03, SCP11_WITH_IDS = 0x04 };

/* The option i of a card [Tables 4-1, 4-2]: octet 1, and octet 2 where b8 says that it is there. */
enum {
    SCP11_I_A = 0x01,
    SCP11_I_B = 0x02,
    SCP11_I_KEEPS_OCE_KEY = 0x04, /* PERFORM SECURITY OPERATION is not due before each session */
    SCP11_I_CHAINS = 0x08,
    SCP11_I_C = 0x10,
    SCP11_I_C_AUTHORIZATION = 0x20,
    SCP11_I_S16 = 0x40,
    SCP11_I_MORE = 0x80,
    SCP11_I2_A_AUTHORIZATION = 0x01,
    SCP11_I2_X509 = 0x02,
    SCP11_I2_NO_GP_CERTIFICATES = 0x04,
};

/* Key identifiers [5.1]. */
enum {
    SCP11_KID_CA_KLOC = 0x10,
    SCP11_KID_A = 0x11,
    SCP11_KID_A_DEK = 0x12,
    SCP11_KID_B = 0x13,
    SCP11_KID_B_DEK = 0x14,
    SCP11_KID_C = 0x15,
    SCP11_KID_C_DEK = 0x16,
    SCP11_KID_MORE_CA_FIRST = 0x20,
    SCP11_KID_MORE_CA_LAST = 0x2F,
};

/* Key usage qualifier, which is the security level of the session [Table 7-15]; the last two in SCP11c only.
 */
enum scp11_usage {
    SCP11_C_MAC_R_MAC = 0x34,             /* level 11 */
    SCP11_C_MAC_C_ENC_R_MAC_R_ENC = 0x3C, /* level 33 */
    SCP11_C_MAC_C_ENC = 0x1C,             /* level 03 */
    SCP11_C_MAC_C_ENC_R_MAC = 0x74,       /* level 13 */
};

/*
 * What a session shall be. `kvn` and `kid` are those of SK.SD.ECKA: kid 0 is the variant's own; kvn 0 lets
 * the card choose by `ca_klcc` (not in SCP11b). `mac_len` is 8, or 16 where the domain's i says S16. A
 * host_id that is not empty puts identifiers into the key derivation: sin (42) and sdin (45) of the domain in
 * SCP11a and b, in SCP11c the card group's (subject of the domain's certificate). All spans are borrowed.
 */
struct scp11_terms {
    enum scp11_variant variant;
    uint8_t kvn, kid, usage, key_len, mac_len;
    struct bytes host_id, ca_klcc;
    struct bytes sin, sdin, card_group;
};
/* BAD_VALUE or BAD_LENGTH when the terms contradict the standard or themselves. */
enum tsm_err scp11_check(const struct scp11_terms *t);
/* The parameters octet. */
uint8_t scp11_parameters(const struct scp11_terms *t);

/* Appends MUTUAL AUTHENTICATE (a, c) or INTERNAL AUTHENTICATE (b) [7.6, 7.7] with the point of our ephemeral
 * key. BAD_VALUE, BAD_LENGTH as scp11_check. */
enum tsm_err scp11_authenticate_write(const struct scp11_terms *t, struct bytes ephemeral,
                                      struct writer *capdu);
/* Appends the data that the receipt covers of that command: A6 and 5F49 [Table 7-17]. */
enum tsm_err scp11_data_write(const struct scp11_terms *t, struct bytes ephemeral, struct writer *w);

/* The answer's data [Tables 7-18, 7-22]: both borrowed, the receipt has 16 octets. */
struct scp11_answer {
    struct bytes point, receipt;
};
enum tsm_err scp11_answer_read(struct bytes data, struct scp11_answer *out);
enum tsm_err scp11_answer_write(const struct scp11_answer *a, struct writer *w);

/* What the keys are agreed with. `oce` is SK.OCE.ECKA of the certificate that the card was shown, NULL in
 * SCP11b. `sd` is PK.SD.ECKA out of a certificate that certificate_chain_verify gave. */
struct scp11_opening {
    const struct scp11_terms *terms;
    const struct ec_private *ephemeral;
    struct bytes ephemeral_point;
    const struct ec_private *oce;
    struct ec_public sd;
};
/*
 * Agrees on the keys with the answer's data, checks the receipt and opens the channel: ready for
 * channel_wrap, there is no further command. keys->dek is S-DEK; a domain with a static Key-DEK (kid of the
 * session's key plus 1) uses that, so the caller replaces it. CRYPTOGRAM_WRONG (naming KVN and variant) for a
 * receipt or, in SCP11c, a point that is not this domain's; KEY_REFUSED when keys are missing or on another
 * curve; BAD_VALUE for a point off the curve. *ch and *keys are written only on success.
 */
enum tsm_err scp11_open(struct crypto *c, const struct scp11_opening *o, struct bytes answer,
                        struct channel *ch, struct session_keys *keys);
/* SCP11c only, before any card was met: the same for a script that is prepared. ch->chain is the receipt that
 * every card of the group will give (scp11_answer_check). WRONG_STATE for another variant. */
enum tsm_err scp11_prepare(struct crypto *c, const struct scp11_opening *o, struct channel *ch,
                           struct session_keys *keys);
/* Is this the answer to a prepared script's MUTUAL AUTHENTICATE? CRYPTOGRAM_WRONG. */
enum tsm_err scp11_answer_check(struct bytes answer, struct ec_public sd, const uint8_t receipt[CMAC_LEN]);

#endif
