/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One run of `tsm card`: the card in a reader (or none, for a plan), its keys and channel, and what will be
 * told. The verbs build plain commands with the codecs of gp/ and send them here; a dry run goes the same way
 * and stops before the reader. Stations 4 to 11 for one card by hand. App.
 */
#ifndef TSM_APP_CARD_CARD_H
#define TSM_APP_CARD_CARD_H

#include <jansson.h>

#include "app/card/keys.h"
#include "link/pcsc/pcsc.h"
#include "order/card/match.h"
#include "order/outcome.h"

enum { CARD_SIGHT_ROOM = 4096, CARD_COMMAND_ROOM = 512, CARD_PROTECTED_ROOM = 4096, CARD_CATALOGUE_MAX = 64 };

struct card_verb;

struct card {
    const struct card_args *args;
    const struct card_verb *verb;
    struct pcsc *reader; /* NULL: a plan without a card */
    struct keyring ring;
    struct card_keyset keys;
    struct card_channel channel;
    bool ready;   /* channel.state is set: open, or in a dry run as if it were */
    bool open;    /* commands are protected */
    bool opening; /* SELECT and INITIALIZE UPDATE went out: the card is reset at the end */
    bool left;    /* the last command, or a piece of it, went to the reader */

    struct se_profile catalogue[CARD_CATALOGUE_MAX];
    size_t profiles;
    const struct se_profile *profile; /* NULL: none named and none recognised */
    struct profile_match match;
    struct card_sight sight; /* its spans lie in sight_room */
    uint8_t sight_room[CARD_SIGHT_ROOM];
    uint8_t isd_aid[16];
    size_t isd_aid_len;
    uint8_t kdd[GP_DIVERSIFICATION_LEN];
    bool has_kdd;

    size_t tokens_used; /* lines of --token */
    int32_t last_seen;  /* counter of the last receipt */

    json_t *doc;        /* what is printed at the end */
    json_t *plan;       /* dry run: the commands */
    json_t *done;       /* what the card has confirmed, in words */
    char unsure[160];   /* a changing command whose answer was lost */
    const char *remark; /* printed behind a failure: what is left as it is */
    char next[FAILURE_TEXT_MAX];
    uint8_t answer[PCSC_ANSWER_MAX], opened[PCSC_ANSWER_MAX], protected_[CARD_PROTECTED_ROOM];
};

/* What a verb needs before it runs. */
enum card_need {
    NEED_READER = 1,  /* not for plans */
    NEED_CHANNEL = 2, /* the channel is opened first */
    NEED_SIGHT = 4,   /* all that the card says of itself, not only its protocols */
    MAY_CHANNEL = 8   /* the channel is opened if a key was given */
};
struct card_verb {
    const char *name, *operands, *help;
    unsigned needs;  /* of enum card_need */
    int least, most; /* operands behind the verb; most -1: any number */
    enum tsm_err (*run)(struct card *c);
};
extern const struct card_verb card_verbs[]; /* ended by a row without name */

/* Operand n of the verb. */
static inline const char *card_operand(const struct card *c, int n)
{
    return c->args->operand[n + 1];
}

/* connect.c: the reader is found, the card selected and looked at, its profile found. */
enum tsm_err card_connect(struct card *c);
/* scp11/open.c: opens a channel of SCP11, or plans one. */
enum tsm_err card_open_scp11(struct card *c, const struct scp_choice *choice);
const char *scp11_name(uint8_t variant); /* "SCP11a"; "" for no variant */
/* session.c: whether the command line says with what a channel is opened. */
bool card_keyed(const struct card_args *a);
/* Finds the keys and opens the channel; a dry run verifies the card and stops before the card counts a try.
 * CRYPTOGRAM_WRONG says which key version, protocol and derivation were used; there is no second try. */
enum tsm_err card_authenticate(struct card *c);
void card_tell_channel(struct card *c); /* the open channel and its keys into the document */
/* send.c. From now on SIGINT and SIGTERM end the run between two commands, and what was done is told. */
void card_watch_signals(void);

/* One plain command. `changes`: the card is another one afterwards. also_fine: a status word besides 9000
 * that is no failure. any: no status word is. */
struct card_request {
    struct bytes plain;
    bool changes, any, look; /* look: sent in a dry run, too */
    uint16_t also_fine;
};
/*
 * Protects, sends, opens. A dry run writes the command into the plan and answers 9000 without data. out->data
 * is valid until the next command. CARD_REFUSED names command and status; INTERRUPTED before anything is
 * sent.
 */
enum tsm_err card_send(struct card *c, const struct card_request *q, struct rapdu *out);
/* The same for a command that only has to succeed. */
enum tsm_err card_do(struct card *c, struct bytes plain);
/* The most data octets of one plain command: what channel, card and profile leave, or --block. */
size_t card_block_max(const struct card *c);

/* say.c: what will be told. */
__attribute__((format(printf, 2, 3))) void card_done(struct card *c, const char *fmt, ...);
void card_plan_add(struct card *c, struct bytes plain, bool sent);
void card_trace(const struct card *c, struct bytes plain, const struct rapdu *answer);
void card_progress(const struct card *c, const char *what, size_t n, size_t of);
void card_set_hex(json_t *o, const char *member, struct bytes b);
/* Check values and form of a key set. */
json_t *card_keyset_json(const struct card_keyset *k, const struct key_source *s);
/* Prints the document, or the failure. Returns the exit status. */
int card_report(struct card *c, enum tsm_err e);

#endif
