/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Remote command scripts and their answers, in the compact and the expanded format: what a secured packet (or
 * an SCP81 body) carries. Stations 7, 8 and 10. Pure. [TS 102 226 5.2.1, 5.2.2]
 *
 *   compact   command: C-APDU C-APDU ...          answer: count(1) SW(2) data of the last
 *   expanded  command: AA L { 83? 82? 81? 22 L C-APDU ... }, or AE 80 { .. } 00 00
 *             answer:  AB L { 80 1 count, 23 L data SW ... }, or AF 80 { .. } 00 00
 */
#ifndef TSM_OTA_REMOTE_REMOTE_H
#define TSM_OTA_REMOTE_REMOTE_H

#include "base/bytes.h"
#include "base/ber.h"

enum {
    REMOTE_COMMANDS_MAX = 255, /* the count of a compact answer is one octet */
    REMOTE_HEADER_LEN = 4,
    REMOTE_APDU_MAX = 261, /* header, Lc, 255 octets, Le */
};

enum remote_format {
    REMOTE_COMPACT,
    REMOTE_DEFINITE,   /* expanded, AA .. */
    REMOTE_INDEFINITE, /* expanded, AE 80 .. 00 00 */
};

/* Tags of the expanded format. [TS 102 226 annex A] */
enum remote_tag {
    REMOTE_SCRIPT = 0xAA,
    REMOTE_SCRIPT_INDEFINITE = 0xAE,
    REMOTE_ANSWER = 0xAB,
    REMOTE_ANSWER_INDEFINITE = 0xAF,
    REMOTE_C_APDU = 0x22,
    REMOTE_R_APDU = 0x23,
    REMOTE_COUNT = 0x80,
    REMOTE_IMMEDIATE_ACTION = 0x81, /* in an answer: the response to it */
    REMOTE_ERROR_ACTION = 0x82,
    REMOTE_CHAINING = 0x83, /* in an answer: what became of the chain */
    REMOTE_BAD_FORMAT = 0x90,
};

/* Values of the script chaining object. [TS 102 226 5.2.1.2] */
enum remote_chaining {
    CHAIN_NONE = 0x00,
    CHAIN_FIRST = 0x01,      /* deleted by a card reset */
    CHAIN_FIRST_KEEP = 0x11, /* kept over a card reset */
    CHAIN_SUBSEQUENT = 0x02,
    CHAIN_LAST = 0x03,
};

/* Values of the bad format object. */
enum remote_bad_format { BAD_FORMAT_TAG = 1, BAD_FORMAT_LENGTH = 2, BAD_FORMAT_NO_LENGTH = 3 };

struct remote_script {
    enum remote_format format;
    const struct bytes *commands; /* C-APDUs of short length */
    size_t count;
    enum remote_chaining chaining;
    bool stop_silently;            /* an empty error action: 82 00 */
    struct bytes error_action;     /* what the card shall do when a command fails; empty: nothing said */
    struct bytes immediate_action; /* a proactive command or a reference, before the commands; empty: none */
};

/*
 * Writes a script. In the compact format every command has five octets at least (P3 = 00 for a command
 * without data) and no Le behind data: the writer brings them to that form; the answer holds data of the last
 * command only, and the data of a command with both is fetched by a GET RESPONSE that the caller puts last.
 * BAD_LENGTH for what is no C-APDU of short length, BAD_VALUE for an empty script or more than
 * REMOTE_COMMANDS_MAX commands, UNSUPPORTED for chaining or actions in the compact format, NO_ROOM.
 */
enum tsm_err remote_write(const struct remote_script *s, struct writer *w);
/* The length remote_write will write; 0 when it will refuse. */
size_t remote_len(const struct remote_script *s);

/*
 * The card's direction, for tools and tests: the objects of an expanded script one after the other (22, 81,
 * 82, 83 with their values), NOT_FOUND at the end. remote_open checks the outer object: BAD_VALUE for another
 * tag, SHORT_INPUT, TRAILING_BYTES. The readers of answers below are built on the same two.
 */
struct remote_objects {
    struct reader left;
};
enum tsm_err remote_open_script(struct bytes script, struct remote_objects *out);
enum tsm_err remote_next(struct remote_objects *o, struct ber *out);

/* One answer of the card. */
struct remote_answer {
    uint16_t sw;
    struct bytes data; /* borrowed, without SW */
};

/* The walk through an answer. For the compact format there is one answer: that of the last command. */
struct remote_answers {
    enum remote_format format;
    struct remote_objects objects;
    bool done;
    struct remote_answer last;        /* compact: the one answer */
    bool has_count;                   /* an expanded answer may leave it out */
    size_t count;                     /* commands executed, as far as the card says */
    uint8_t bad_format;               /* enum remote_bad_format, 0 none; known at the end of the walk */
    struct bytes chaining, immediate; /* values of 83 and 81, known at the end of the walk */
};
/* SHORT_INPUT, TRAILING_BYTES, BAD_VALUE for what is no answer of this format; either expanded form is taken
 * for both expanded formats. */
enum tsm_err remote_answers_open(struct bytes answer, enum remote_format format, struct remote_answers *out);
/* The next R-APDU, NOT_FOUND after the last; BAD_LENGTH for one without SW, DUPLICATE_TAG, BAD_VALUE for an
 * object that no answer has. */
enum tsm_err remote_answers_next(struct remote_answers *a, struct remote_answer *out);

/* The walk in one step. */
struct remote_outcome {
    size_t executed;           /* as counted by the card, else the number of R-APDUs */
    struct remote_answer last; /* SW 0 when there was none */
    uint8_t bad_format;
};
enum tsm_err remote_outcome_read(struct bytes answer, enum remote_format format, struct remote_outcome *out);

#endif
