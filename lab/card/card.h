/* SPDX-License-Identifier: Apache-2.0 */
/* The software secure element of the laboratory as other laboratory programs see it: the contact face (APDUs)
 * and the over-the-air door (stations 8 to 10 from the card's side); edge; GPCS 2.3.1, TS 102 225/226. */
#ifndef LAB_CARD_CARD_H
#define LAB_CARD_CARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CARD_MAX_RAPDU      65538 /* 65536 bytes of data and the status word */
#define CARD_MAX_CAPDU      65544 /* extended: header 4, Lc 3, data 65535, Le 2 */
#define CARD_MAX_ATR        33
#define CARD_MAX_SEID       32
#define CARD_MAX_KEY        32
#define CARD_MAX_OWNER      64
#define CARD_DEFAULT_MEMORY (256U * 1024U)
#define CARD_MAX_FROZEN     65536 /* what card_freeze may need; an idle card needs some tens to hundreds */

struct card;
struct sd; /* a security domain of a card */

/* Zero = factory default. Strings are borrowed for the call only. */
struct card_config {
    const char *scp;           /* "scp03-i70" (default), "scp02-i15", ...: see card_scp_names() */
    uint8_t key[CARD_MAX_KEY]; /* the issuer security domain's ENC = MAC = DEK; default 40 41 .. 4F */
    size_t key_len;
    uint8_t kvn; /* default FF, the initial key set */
    /* SCP80 keys of the issuer security domain; lengths 0 = none; kik defaults to kid's value if absent. */
    uint8_t kic[CARD_MAX_KEY], kid[CARD_MAX_KEY], kik[CARD_MAX_KEY];
    size_t kic_len, kid_len, kik_len;
    uint8_t scp80_kvn;  /* default 01 */
    uint8_t scp80_type; /* GP key type of the three: 88 AES (default) or 80 DES */
    uint8_t
        seid[CARD_MAX_SEID]; /* 10 bytes: CUID shown in CPLC and key diversification data; tag 5A always */
    size_t seid_len;
    uint32_t memory;  /* bytes of non-volatile memory, default CARD_DEFAULT_MEMORY */
    const char *with; /* comma separated names of applications from the factory: card_applet_names() */
    const char *quirk, *fault; /* comma separated names: see card_quirk_names(), card_fault_names() */
    int verbose;
    /* SCP11 (see card_scp_names()): PEM files with the authority of off-card certificates, and to be written
     * with the authority of the card's; the card's group for SCP11c; the owner's subject identifier (none:
     * whoever that authority has certified). */
    const char *oce_ca, *card_ca, *group;
    const char *script_root; /* PEM: who certifies writers of offline scripts, in place of the laboratory */
    int casd; /* with a Controlling Authority's domain, whose providers' authority is that of oce_ca */
    uint8_t owner[CARD_MAX_OWNER];
    size_t owner_len;
};

/* NULL and a message on stderr when the configuration is wrong. */
struct card *card_new(const struct card_config *cfg);
void card_free(struct card *c);
/* Card reset: sessions end, the implicitly selectable application is selected again. */
void card_reset(struct card *c);
size_t card_atr(const struct card *c, uint8_t atr[CARD_MAX_ATR]);
/* One C-APDU in, R-APDU with status word out (CARD_MAX_RAPDU bytes of room). Returns its length; 0 means that
 * the card stays silent (a fault). */
size_t card_transmit(struct card *c, const uint8_t *in, size_t in_len, uint8_t *out);
/* True when a fault has cut the power; card_reset brings the card back. */
bool card_is_dead(const struct card *c);
/* A line on standard error where the configuration asked for them (verbose). */
__attribute__((format(printf, 2, 3))) void card_say(const struct card *c, const char *format, ...);

/* One name a line, with a short explanation; the texts are static. */
const char *card_scp_names(void);
const char *card_applet_names(void);
const char *card_quirk_names(void);
const char *card_fault_names(void);

/* The over-the-air door: which security domain listens on a TAR, its SCP80 keys and counters, and the
 * execution of commands in its name. */
struct ota_key {
    uint8_t alg; /* GP key type: 88 AES, 80 or 82 DES */
    uint8_t len;
    uint8_t value[CARD_MAX_KEY];
};

/* NULL: the TAR is unknown (PoR status 09). */
struct sd *card_sd_by_tar(struct card *c, const uint8_t tar[3]);
/* 0 when the version exists, -1 otherwise; inherits from the parent until the domain has keys of its own. */
int card_ota_keys(struct sd *sd, uint8_t kvn, struct ota_key *kic, struct ota_key *kid, struct ota_key *kik);
/* The last accepted 5-octet counter of that key set, NULL when the version does not exist. */
uint64_t *card_ota_counter(struct sd *sd, uint8_t kvn);
/* The minimum security level, coded as SPI1 (TS 102 225 5.1.1). */
uint8_t card_ota_msl(const struct sd *sd);
/* Executes one command as the authenticated owner of sd; same answer convention as card_transmit. */
size_t card_remote(struct card *c, struct sd *sd, uint8_t kvn, const uint8_t *in, size_t in_len,
                   uint8_t *out);

/* True while a reset would end no conversation: no session, no sequence of commands that goes on. */
bool card_is_quiet(const struct card *c);
/* What outlives a reset, as the difference from a factory card of the same configuration. Returns its length,
 * 0 when it does not fit or memory ends. */
size_t card_freeze(const struct card *c, const struct card_config *cfg, uint8_t *out, size_t cap);
/* The card that was frozen, just after a reset; NULL when the bytes are not of card_freeze with that
 * configuration. */
struct card *card_thaw(const struct card_config *cfg, const uint8_t *frozen, size_t n);

/* The verb of tsm-lab: argv[0] is "card". Returns the exit status. */
int card_main(int argc, char **argv);

#endif
