/* SPDX-License-Identifier: Apache-2.0 */
/* MANAGE ELF UPGRADE: a load file is replaced while the data of its applications stay on the card. Stations 5
 * and 11. Pure. [GPCS Amendment H (GPC_SPE_120)]
 *
 *   command   80 EA action 00 [A1 { 4F load file, [80 options] }]
 *   answer    length, confirmation | length, A1 { 90 status, [4F load file] }
 *
 * The text of the amendment is not public to everybody; the coding here is the one that public clients of the
 * command have (docs/content.md names what was not checked against the text). */
#ifndef TSM_GP_UPGRADE_UPGRADE_H
#define TSM_GP_UPGRADE_UPGRADE_H

#include "base/bytes.h"

enum upgrade_action { /* P1 */
                      UPGRADE_START = 0x01,
                      UPGRADE_RESUME = 0x02,
                      UPGRADE_RECOVERY = 0x03,
                      UPGRADE_ABORT = 0x04,
                      UPGRADE_STATUS = 0x08
};

/* Where a session stands (tag 90). From 10 on the power was lost in a phase: resume goes on there. */
enum upgrade_status {
    SESSION_NONE = 0x00,
    SESSION_COMPLETED = 0x01,
    SESSION_WAITS_FOR_FILE = 0x02,
    SESSION_WAITS_FOR_RESTORE = 0x03,
    SESSION_RESTORE_FAILED = 0x04,
    SESSION_IN_SAVING = 0x10,
    SESSION_IN_CLEANUP = 0x20,
    SESSION_IN_DELETION = 0x30,
    SESSION_IN_INSTALLATION = 0x40,
    SESSION_IN_RESTORE = 0x50,
    SESSION_IN_CONSOLIDATION = 0x60
};

/* `file` and `options` are of START alone; options 0 is left out. BAD_LENGTH for an AID that is none. */
struct upgrade_request {
    enum upgrade_action action;
    struct bytes file;
    uint8_t options;
};
enum tsm_err upgrade_write(const struct upgrade_request *q, struct writer *capdu);

/* Spans are borrowed from the answer. */
struct upgrade_session {
    struct bytes confirmation, file; /* file: empty where no session is open */
    uint8_t status;
};
/* The data of an answer. SHORT_INPUT, TRAILING_BYTES, MISSING_FIELD without status, BAD_LENGTH. */
enum tsm_err upgrade_read(struct bytes data, struct upgrade_session *out);

#endif
