/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of a talk share: the script of the step in hand, and the two ways to protect it. Edge. */
#ifndef TSM_LINK_TALK_INSIDE_H
#define TSM_LINK_TALK_INSIDE_H

#include "link/talk/talk.h"
#include "ota/remote/remote.h"

enum { TALK_STORE = 96 * 1024, PACKET_COMMANDS_MAX = TALK_PAYLOAD_MAX + 1 };

/* The plain commands of the step in hand; freed by scene_drop. */
struct scene {
    const struct plan_step *step;
    struct script script;
};
enum tsm_err scene_make(struct talk *t, struct scene **out);
void scene_drop(struct scene **s);
#define SCENE __attribute__((cleanup(scene_drop))) struct scene

/* The answers to the commands in flight, plain; data borrowed from `store`. */
struct replies {
    struct step_answer answer[TALK_PAYLOAD_MAX];
    size_t n;
    bool fewer;   /* not every command was answered: the rest counts as lost */
    bool listen;  /* this was not the answer to what is in flight, or announces it: the real one is still to
                     come */
    bool assumed; /* all was executed once, but the answers are lost */
    bool again;   /* nothing was executed: send the same again */
    struct writer store;
    uint8_t bytes[16 * 1024];
};

/* The step in hand from its start. */
void talk_step_begin(struct talk *t);

/* SCP80. */
enum tsm_err packet_next(struct talk *t, struct tx *tx, const struct scene *s, json_t *payload);
enum tsm_err packet_read(struct talk *t, const struct scene *s, const json_t *answers, struct replies *out);
/* The most commands that one packet holds from here, and the length of its script; 0: not even one. */
size_t packet_commands(const struct talk *t, const struct scene *s, size_t from, size_t *script_len);
/* The script of `n` of them, in `room`, with what fetches the answer of the last where the format needs it.
 */
struct remote_script packet_script(const struct talk *t, const struct scene *s, size_t from, size_t n,
                                   struct bytes room[static PACKET_COMMANDS_MAX]);
/* What a proof's data answer to the commands in flight, one by one. */
enum tsm_err packet_answers(struct talk *t, const struct scene *s, struct bytes data, struct replies *out);
/* SCP02, SCP03. */
enum tsm_err session_next(struct talk *t, const struct scene *s, json_t *payload);
enum tsm_err session_read(struct talk *t, const struct scene *s, const json_t *answers, struct replies *out);

/* Is the plain command, protected in this channel, too long for one short command and sent in pieces? They
 * are cut behind the protection, and go without another command beside them: agents go on behind a refusal.
 */
bool chain_due(const struct channel *ch, struct bytes command);
/* TOO_LONG for more pieces than one exchange carries. */
enum tsm_err chain_add(const struct talk *t, struct bytes wrapped, json_t *payload);
/* The answers to the pieces, from `first` on. The command's is the last one's, or the first that is not a
 * bare 9000: the channel counts as gone then. NOT_FOUND when it did not come. */
struct chain_answers {
    const json_t *list;
    size_t first;
    struct writer *store;
};
enum tsm_err chain_answer(struct talk *t, struct bytes wrapped, const struct chain_answers *in,
                          struct bytes *answer);

/* The way into SCP11a; afterwards a session like the others, under agreed_keys. */
enum tsm_err agreed_open_next(struct talk *t, json_t *payload);
enum tsm_err agreed_open_read(struct talk *t, const json_t *answers, struct replies *out);
enum tsm_err agreed_authenticate_next(struct talk *t, json_t *payload);
enum tsm_err agreed_authenticate_read(struct talk *t, const json_t *answers, struct replies *out);
struct sealed_keyset agreed_keys(const struct talk *t);
/* The channel as far as commands can be made for it; NULL: not yet, or SCP80. */
const struct channel *channel_now(const struct talk *t);

/* After a probe that found nothing, by an answer without R-MAC: must the card's list decide? The question for
 * it, and what it says; false with the failure where the two contradict each other. */
bool control_due(const struct talk *t, const struct replies *r);
enum tsm_err control_build(const struct talk *t, struct script *out);
bool control_holds(struct talk *t, const struct replies *r);

enum tsm_err payload_add(json_t *payload, struct bytes b);
/* Answer i of a list of hex strings. */
enum tsm_err answer_get(const json_t *answers, size_t i, struct writer *store, struct bytes *out);
/* One line of the decoded dialogue. */
void apdu_note(struct talk *t, struct bytes command, const struct step_answer *answer);

#endif
