/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Personalisation scripts: commands with variables, what is read from their answers, what must hold. Read
 * once from JSON and checked whole; then played command by command against a card, a laboratory or answers
 * given by hand. Stations 5 and 10. Pure. [docs/personalisation.md; GPCS 11.11; ISO 7816-4]
 *
 *   {"name": "..", "steps": [{"apdu": "80CA9F3600", "expect": ["9000"],
 *     "read": [{"name": "atc", "tag": "9F36"}, {"name": "first", "at": 0, "len": 1}],
 *     "assert": [{"is": "{atc}", "equals": "0000"}]}]}
 */
#ifndef TSM_EMV_SCRIPT_SCRIPT_H
#define TSM_EMV_SCRIPT_SCRIPT_H

#include "base/secret.h"
#include "emv/perso/template.h"

enum {
    SCRIPT_STEPS_MAX = 64,
    SCRIPT_LIST_MAX = 8, /* of each of expect, read, assert */
    SCRIPT_TEXT_MAX = 640,
    SCRIPT_VALUES_MAX = 32,
    SCRIPT_VALUE_MAX = 255,
    SCRIPT_COMMAND_MAX = 5 + 255 + 1, /* short commands */
};

struct script_read_rule {
    char name[TEMPLATE_NAME_MAX + 1];
    uint32_t tag; /* 0: by place */
    size_t at, len;
};
struct script_assertion {
    char is[SCRIPT_TEXT_MAX + 1], equals[SCRIPT_TEXT_MAX + 1];
};
struct script_step {
    char apdu[SCRIPT_TEXT_MAX + 1];
    size_t expect_n, read_n, assert_n;
    uint16_t expect[SCRIPT_LIST_MAX];
    struct script_read_rule read[SCRIPT_LIST_MAX];
    struct script_assertion assert[SCRIPT_LIST_MAX];
};
struct perso_script {
    char name[65];
    size_t n;
    struct script_step step[SCRIPT_STEPS_MAX];
};
/* Errors of json_fill with the field named; BAD_FORM for templates that are none. */
enum tsm_err perso_script_read(struct bytes json, struct perso_script *out);

/* A script at play. Values that were set before (card data, derived keys) and read on the way are secrets
 * alike: wiped when its name goes out of scope (SCRIPT_PLAY). */
struct script_value {
    char name[TEMPLATE_NAME_MAX + 1];
    size_t len;
    uint8_t at[SCRIPT_VALUE_MAX];
};
struct script_play {
    const struct perso_script *script;
    size_t next, values_n;
    struct script_value value[SCRIPT_VALUES_MAX];
};
static inline void script_play_wipe(struct script_play *p)
{
    explicit_bzero(p, sizeof *p);
}
#define SCRIPT_PLAY __attribute__((cleanup(script_play_wipe))) struct script_play

/* Sets a variable before or in the play; a name that is set again has the new value. TOO_LONG, BAD_FORM. */
enum tsm_err script_set(struct script_play *p, const char *name, struct bytes value);
/* The next command; *done instead, when there is none. NOT_FOUND for a variable that nothing set, BAD_LENGTH
 * when Lc disagrees with what stands behind it. */
enum tsm_err script_command(struct script_play *p, struct writer *w, bool *done);
/* Its answer, data and status word: what the step reads and asserts, and the play goes on. CARD_REFUSED for a
 * status word that the step does not expect, SHORT_INPUT for a reading beyond the answer, NOT_FOUND for a tag
 * that is not in it, CONFLICT for an assertion that does not hold; the cause names the step, and shows no
 * value. */
enum tsm_err script_answer(struct script_play *p, struct bytes data, uint16_t sw);

#endif
