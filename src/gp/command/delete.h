/* SPDX-License-Identifier: Apache-2.0 */
/* DELETE of card content and of keys. The answer is a confirmation (content/confirmation.h). Stations 5
 * and 10. Pure. [GPCS 11.2] */
#ifndef TSM_GP_COMMAND_DELETE_H
#define TSM_GP_COMMAND_DELETE_H

#include "gp/content/confirmation.h"

enum { DELETE_P2_RELATED = 0x80 };

/* An application or load file; `related`: with all applications made from it. Token template members and
 * token are left out when empty [Table 11-23]. */
struct gp_delete {
    struct bytes aid;
    bool related;
    struct bytes token_iin, token_image, token_provider, token_number, token;
};
enum tsm_err delete_write(const struct gp_delete *d, struct writer *capdu);
/* The data field alone, of any length: for a command that is cut into a chain, and what a token is made over.
 */
enum tsm_err delete_data_write(const struct gp_delete *d, struct writer *data);
/* Reads P2 and the data field of DELETE [card content]. */
enum tsm_err delete_read(uint8_t p2, struct bytes data, struct gp_delete *out);

/* Keys by version and identifier; 0 leaves the one out: all keys of the other [Table 11-24]. BAD_VALUE when
 * both are 0: that would be every key. */
enum tsm_err delete_key_write(uint8_t kvn, uint8_t kid, struct writer *capdu);

#endif
