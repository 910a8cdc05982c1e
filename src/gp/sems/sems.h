/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Offline scripts: commands that a card takes from anybody, since the one who may order them has signed them.
 * Stations 5, 7 and 10. Pure. [GPCS Amendment I, Secure Element Management Service]
 *
 *   frame 7F21   the writer's certificate, signed by the root that the card knows
 *   frame 60     41 { 81 number | 90 digest of the first command's data | 5F37 signature of 81 and 90 }
 *   frame 40     PROCESS SCRIPT COMMAND 80 A0 P1 00 Lc: digest of the next command's data (zeros in the
 * last), then the command; P1 80 in the last
 *
 * Public agents show the frames, the command and the tags of the certificate. What stands in frame 60 and how
 * the commands hang together is not public: here it is the laboratory's (lab/card/sems), in clear, ECDSA with
 * P-256 and SHA-256. A real card needs another body of this file; nothing else would change.
 */
#ifndef TSM_GP_SEMS_SEMS_H
#define TSM_GP_SEMS_SEMS_H

#include "base/crypto.h"
#include "base/sign/sign.h"

enum {
    SEMS_DIGEST = 32,
    SEMS_SIGNATURE = 64,
    SEMS_POINT = 65,
    SEMS_COMMANDS_MAX = 512,
    SEMS_COMMAND_MAX = 255 - SEMS_DIGEST, /* octets of one command, header and Lc included */
    SEMS_CERTIFICATE_MAX = 512,
    SEMS_HOLDER_MAX = 16,
    SEMS_SCRIPT_MAX = 160 * 1024
};

/* Who signs: a digest in, r | s out. */
struct sems_signer {
    enum tsm_err (*sign)(void *self, const uint8_t digest[SEMS_DIGEST], uint8_t signature[SEMS_SIGNATURE]);
    void *self;
};
/* A signer over a key in memory; the key is borrowed. */
struct sems_signer sems_signer_of(const struct sign_key *key);

/* What a certificate says; spans are borrowed. `domain`: the security domain that the commands run in. */
struct sems_certificate {
    struct bytes serial, issuer, holder, usage, issuer_key, domain, point, signature;
};
/* Appends 7F21; `signature` is made. BAD_LENGTH for a point, holder or AID that is none; what the signer
 * says. */
enum tsm_err sems_certify(const struct sems_certificate *c, const struct sems_signer *root,
                          struct writer *out);
/* Reads 7F21 (as a whole span). MISSING_FIELD, BAD_LENGTH, TRAILING_BYTES and what tlv_next says. */
enum tsm_err sems_certificate_read(struct bytes whole, struct sems_certificate *out);
/* MAC_WRONG when it is not of this root. */
enum tsm_err sems_certificate_check(struct bytes whole, const struct sign_key *root);

/* A script to be written; commands are plain, whole APDUs. */
struct sems_script {
    struct bytes certificate;
    uint32_t number; /* above that of the last script of the same holder, or the card refuses it */
    const struct bytes *command;
    size_t commands;
};
/* Appends the frames. TOO_LONG for a command or too many of them, BAD_VALUE without any. */
enum tsm_err sems_write(const struct sems_script *s, const struct sems_signer *writer, struct writer *out);

/* Walks the frames of a script and checks each: certificate, signature, every digest, nothing missing. */
struct sems_reader {
    struct reader frames;
    const struct sign_key *root;
    struct sems_certificate certificate;
    uint32_t number;
    uint8_t expected[SEMS_DIGEST];
    bool last;
};
/* Reads frames 7F21 and 60. MAC_WRONG when certificate or signature are not right. */
enum tsm_err sems_open(struct bytes script, const struct sign_key *root, struct sems_reader *out);
/* The next command: as it is sent (80 A0 ..) and the plain one in it. NOT_FOUND at the end; MAC_WRONG when it
 * was changed, left out or moved; TRAILING_BYTES behind the last; SHORT_INPUT when the last one is missing.
 */
struct sems_command {
    struct bytes frame, plain;
};
enum tsm_err sems_next(struct sems_reader *r, struct sems_command *out);

/* What an agent sends for a script, which needs no key for it: the certificate in pieces of `block` octets,
 * the authentication, the commands as they are. The application is selected before. */
struct sems_player {
    struct reader frames;
    struct bytes rest; /* of the certificate */
    size_t block;
};
struct sems_player sems_player_of(struct bytes script, size_t block);
/* Appends the next command; NOT_FOUND at the end, BAD_VALUE for another frame. */
enum tsm_err sems_play(struct sems_player *p, struct writer *capdu);
/* The application that takes scripts. */
extern const uint8_t sems_application[13];

#endif
