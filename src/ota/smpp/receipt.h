/* SPDX-License-Identifier: Apache-2.0 */
/* Delivery receipts: the text that centres put into deliver_sm, and message ids in their two number bases.
 * Station 10. Pure. [SMPP 3.4 appendix B] */
#ifndef TSM_OTA_SMPP_RECEIPT_H
#define TSM_OTA_SMPP_RECEIPT_H

#include "ota/smpp/smpp.h"

/* As message_state [SMPP 3.4 5.2.28], with the words of the text form. */
enum receipt_state {
    RECEIPT_ENROUTE = 1,
    RECEIPT_DELIVERED = 2,     /* DELIVRD */
    RECEIPT_EXPIRED = 3,       /* EXPIRED */
    RECEIPT_DELETED = 4,       /* DELETED */
    RECEIPT_UNDELIVERABLE = 5, /* UNDELIV */
    RECEIPT_ACCEPTED = 6,      /* ACCEPTD */
    RECEIPT_UNKNOWN = 7,       /* UNKNOWN */
    RECEIPT_REJECTED = 8,      /* REJECTD */
};

struct smpp_receipt {
    char id[SMPP_MESSAGE_ID_ROOM]; /* as the centre wrote it */
    enum receipt_state state;
    bool has_error;
    uint16_t error; /* "err:", the centre's own code */
};

enum { RECEIPT_TEXT_MAX = 1024 };

/*
 * Reads "id:.. sub:.. dlvrd:.. submit date:.. done date:.. stat:.. err:.. text:..": names in any case and
 * order, unknown ones passed over, everything from "text:" on ignored. MISSING_FIELD without id or stat,
 * BAD_VALUE for an unknown state or a malformed value, TOO_LONG.
 */
enum tsm_err smpp_receipt_read(struct bytes text, struct smpp_receipt *out);
/* The centre's direction, for tests. */
enum tsm_err smpp_receipt_write(const struct smpp_receipt *receipt, struct writer *w);
/* True for a state after which no other receipt follows. */
bool smpp_receipt_is_final(enum receipt_state state);

/* In which form a centre writes message ids; it may differ between submit_sm_resp and the receipt. */
enum smpp_id_form { SMPP_ID_TEXT, SMPP_ID_DECIMAL, SMPP_ID_HEX };
/*
 * One spelling for one message: numbers in decimal without leading zeros, texts as they are. Compare and
 * store only these. BAD_FORM when the id is no number of that base, TOO_LONG beyond 64 bits.
 */
enum tsm_err smpp_id_canonical(const char *id, enum smpp_id_form form, char out[SMPP_MESSAGE_ID_ROOM]);

#endif
