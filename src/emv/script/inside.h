/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of a script share. Inside emv/script only. Station 5. Pure. */
#ifndef TSM_EMV_SCRIPT_INSIDE_H
#define TSM_EMV_SCRIPT_INSIDE_H

#include <jansson.h>

#include "emv/script/play.h"

/* script.c: a text kept in the script's pool (TOO_LONG); a list, which may be missing, of at most `max`. */
const char *script_keep(struct perso_script *s, const char *text);
enum tsm_err script_keep_text(struct perso_script *s, const char *text, const char **out);
enum tsm_err script_list(const json_t *list, const char *field, size_t max, size_t *n);
/* step.c: one step; the cause names it. */
enum tsm_err script_read_step(const json_t *from, struct perso_script *s, struct script_step *out);
/* play.c: what was read under a name; NULL where nothing was. */
struct script_value *script_value_of(struct script_play *p, const char *name);
/* judge.c: the whole script tried with zeros for what only a card has. */
enum tsm_err script_judge(struct perso_script *s);
/* The last cause again with the step's name before it. */
enum tsm_err script_step_fault(enum tsm_err e, const struct script_step *s);
/* value.c: the variables of a play that are none of the profile's; a source over struct script_play. */
enum tsm_err script_value(void *self, const char *name, struct writer *w);
enum tsm_err script_function(void *self, const char *name, struct writer *w, size_t mark);
/* Makes the source of templates ready: pointers into the play itself. */
struct template_source script_source(struct script_play *p);
/* The list that a step is repeated over; *n is 1 with a member NULL where it is not. */
struct script_members {
    size_t n;
    const char *at[SCRIPT_REPEAT_MAX];
};
enum tsm_err script_members(const struct script_play *p, const struct script_step *s,
                            struct script_members *out);
/* Case 1, 2, 3 or 4 of a short command. [ISO 7816-4 5.2] */
bool script_is_command(struct bytes c);

#endif
