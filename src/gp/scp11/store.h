/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a domain keeps for SCP11: its certificates (BF21), the identifiers of the authorities it knows, the
 * lists of allowed certificates. Asked for by GET DATA, set by the data of STORE DATA (store_data.h,
 * STORE_TLV). PK.CA-KLOC.ECDSA itself is put by PUT KEY (content/putkey.h). Stations 5 and 7. Pure.
 * [AmdF 7.2, 7.4, 7.8, 7.9, 7.10]
 */
#ifndef TSM_GP_SCP11_STORE_H
#define TSM_GP_SCP11_STORE_H

#include "base/bytes.h"

/* Which key of the domain: by identifier and version, or by the authority that certified it. */
struct scp11_key_ref {
    uint8_t kid, kvn;
    struct bytes ca; /* not empty: kid and kvn are not told */
};

/* Appends GET DATA (Certificate Store). The answer is long: gp/apdu/transport.h joins it. */
enum tsm_err scp11_get_certificates_write(const struct scp11_key_ref *key, struct writer *capdu);
/* Opens BF21: the certificates back to back, borrowed, for certificate_chain_verify. BAD_VALUE for another
 * object, MISSING_FIELD for an empty store. */
enum tsm_err scp11_certificates_read(struct bytes data, struct bytes *chain);
/* Appends the data of STORE DATA (Certificate Store) for the private key of kid and kvn; BAD_VALUE with `ca`.
 */
enum tsm_err scp11_certificates_write(const struct scp11_key_ref *key, struct bytes chain, struct writer *w);

enum scp11_authority { SCP11_CA_KLOC, SCP11_CA_KLCC };
/* Appends GET DATA (Supported CA Identifiers): FF33 for those who certify us, FF34 for those who certify the
 * domain. */
enum tsm_err scp11_get_authorities_write(enum scp11_authority which, struct writer *capdu);
/* Opens FF33 or FF34: *list is walked by scp11_authority_next until it is empty. */
enum tsm_err scp11_authorities_open(struct bytes data, enum scp11_authority which, struct reader *list);
/* The next identifier with its key (42, 83); all members are filled. */
enum tsm_err scp11_authority_next(struct reader *list, struct scp11_key_ref *out);
/* Appends the data of STORE DATA (CA Identifier): all members of `key` count. */
enum tsm_err scp11_authority_write(enum scp11_authority which, const struct scp11_key_ref *key,
                                   struct writer *w);

/*
 * Appends the data of STORE DATA (Allowlist): the serials that the key kid and kvn may let in. `counter` (1
 * to 32767, higher than the last) is due in a session of SCP11c and only there; 0 leaves it out. An empty
 * list is refused (BAD_VALUE): to a card it means that every certificate is let in.
 */
struct scp11_allowlist {
    const struct bytes *serial;
    size_t count;
    uint16_t counter;
};
enum { SCP11_ALLOWLIST_COUNTER_MAX = 32767 };
enum tsm_err scp11_allowlist_write(const struct scp11_key_ref *key, const struct scp11_allowlist *list,
                                   struct writer *w);

#endif
