/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of SMPP PDUs: texts that end with 0, optional parameters. Inside ota/smpp only. Stations 8 and 10.
 * Pure. [SMPP 3.4 3.1, 3.2] */
#ifndef TSM_OTA_SMPP_FIELDS_H
#define TSM_OTA_SMPP_FIELDS_H

#include "ota/smpp/smpp.h"

/* A C-octet string into a field of `room` characters with the final 0: TOO_LONG, SHORT_INPUT without it. */
enum tsm_err smpp_text_read(struct reader *r, char *out, size_t room);
enum tsm_err smpp_text_write(struct writer *w, const char *text, size_t room);

struct smpp_tlv {
    uint16_t tag;
    struct bytes value;
};
enum tsm_err smpp_tlv_read(struct reader *r, struct smpp_tlv *out);
enum tsm_err smpp_tlv_write(struct writer *w, uint16_t tag, struct bytes value);
/* A text in a parameter, whether or not the sender put a final 0 there. TOO_LONG, BAD_VALUE for a 0 inside.
 */
enum tsm_err smpp_tlv_text(struct bytes value, char *out, size_t room);

/* The bodies of the message PDUs (message.c). */
enum tsm_err smpp_sm_read(uint32_t id, struct reader *r, struct smpp_sm *out);
enum tsm_err smpp_sm_write(uint32_t id, const struct smpp_sm *sm, struct writer *w);
enum tsm_err smpp_sm_resp_read(struct reader *r, struct smpp_sm_resp *out);
enum tsm_err smpp_sm_resp_write(const struct smpp_sm_resp *resp, struct writer *w);

#endif
