/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two tiny cards for the tests of link/talk: one behind SCP80 packets, one behind a secure channel. Both know
 * one application and do what a test scripts; they are made of the card's direction of gp/ and ota/. Test
 * code.
 */
#ifndef TSM_TESTS_UNIT_TALK_CARDS_H
#define TSM_TESTS_UNIT_TALK_CARDS_H

#include "../order/rig.h"
#include "gp/channel/channel.h"
#include "ota/packet/packet.h"

enum { CARD_LOG = 256, CARD_MEMORY = 2048 };

/* What is on the card, and what it is told to do. */
struct card {
    struct crypto *crypto;
    char log[CARD_LOG]; /* one letter a command that was executed: see card_letter */
    const char *aid;    /* of the application in the registry, hex; NULL: none */
    uint8_t life;
    uint8_t versions[4];
    size_t n_versions;
    uint8_t memory[CARD_MEMORY]; /* data of LOAD and STORE DATA, one after the other */
    size_t used;
    /* the script */
    uint8_t refuse; /* this instruction is answered with `sw` and not executed; 0: none */
    uint16_t sw;
    size_t executes_only; /* commands of an exchange that get an answer, 0: all */
    bool answers_none;    /* not even one, though the exchange is answered */
    bool hidden; /* by the agent, who withholds DELETE and questions for one object and says 6A88 himself */
    /* SCP80 */
    struct scp80_keys keys;
    uint64_t counter; /* the highest that was seen */
    uint8_t por;      /* status of the next proof, 0: as it is */
    bool bare;        /* the next proof without protection */
    bool wrong_key;   /* the card's KID is another one */
    bool compact;
    /* SCP03 */
    struct static_keys statics;
    struct session_keys session;
    struct channel channel;
    bool open, wrong_cryptogram, host_refused, flip_answer;
    uint8_t selected[16], selected_len, kvn;
    struct octets chain;    /* the pieces of a command so far, as one */
    size_t pieces;          /* that others were to follow */
    uint16_t refuse_pieces; /* they are answered with this; 0: taken */
};

void card_make(struct card *c);
void card_free(struct card *c);
/* Executes one plain command; appends data and status word to `answer`. */
void card_execute(struct card *c, struct bytes capdu, struct writer *answer);
/* s SELECT, u INITIALIZE UPDATE, e EXTERNAL AUTHENTICATE, i INSTALL, l LOAD, d STORE DATA, k PUT KEY, x
 * DELETE, t SET STATUS, g GET STATUS, a GET DATA, ? other */
char card_letter(uint8_t ins);

/* One packet in, the body of its proof of receipt out. */
struct octets card_packet(struct card *c, struct bytes packet);
/* One command of a channel in, its answer out. */
struct octets card_channel(struct card *c, struct bytes capdu);

/* The key that everything here is protected with. */
extern const char card_key[];

#endif
