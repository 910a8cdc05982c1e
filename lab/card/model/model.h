/* SPDX-License-Identifier: Apache-2.0 */
/* What the card remembers: the GlobalPlatform registry, security domains with their keys, logical channels
 * (stations 8 to 10, the card's side); pure data; GPCS 2.3.1 6.5, 7.4, 7.5. */
#ifndef LAB_CARD_MODEL_MODEL_H
#define LAB_CARD_MODEL_MODEL_H

#include "card/card.h"
#include "card/channel/session.h"
#include "common/bytes.h"
#include "common/cipher.h"

#define AID_MIN                     5
#define AID_MAX                     16
#define CARD_MAX_APPS               48
#define CARD_MAX_ELFS               24
#define CARD_CHANNELS               4
#define ELF_MAX_MODULES             8
#define APP_MAX_IMPLICIT            4
#define SD_MAX_KEYS                 30
#define SD_MAX_SETS                 10
#define SD_MAX_SCPS                 4
#define SD_MAX_TARS                 4
#define SD_MAX_OBJECTS              8
#define SD_MAX_OBJECT_LEN           200
#define KDD_LEN                     10
#define PRIVILEGES_LEN              3
#define TAR_LEN                     3
#define MAX_AUTHENTICATION_FAILURES 10
#define LISTING_MAX                 8192
#define KVN_INITIAL                 0xFF

struct aid {
    uint8_t len;
    uint8_t value[AID_MAX];
};

/* Card life cycle, GPCS Table 11-6. */
enum card_state {
    CARD_OP_READY = 0x01,
    CARD_INITIALIZED = 0x07,
    CARD_SECURED = 0x0F,
    CARD_LOCKED = 0x7F,
    CARD_TERMINATED = 0xFF
};

/* Application and security domain life cycle, GPCS Tables 11-4 and 11-5; b8 is LOCKED over any of them. */
enum app_state {
    APP_INSTALLED = 0x03,
    APP_SELECTABLE = 0x07,
    APP_PERSONALIZED = 0x0F,
    APP_LOCKED_BIT = 0x80
};
#define ELF_LOADED 0x01

/* Privileges as one number, byte 1 first, GPCS Tables 11-7 to 11-9. */
enum privilege {
    PRIV_SECURITY_DOMAIN = 0x800000,
    PRIV_DAP = 0x400000,
    PRIV_DELEGATED_MANAGEMENT = 0x200000,
    PRIV_CARD_LOCK = 0x100000,
    PRIV_CARD_TERMINATE = 0x080000,
    PRIV_CARD_RESET = 0x040000,
    PRIV_CVM = 0x020000,
    PRIV_MANDATED_DAP = 0x010000,
    PRIV_TRUSTED_PATH = 0x008000,
    PRIV_AUTHORIZED_MANAGEMENT = 0x004000,
    PRIV_TOKEN_VERIFICATION = 0x002000,
    PRIV_GLOBAL_DELETE = 0x001000,
    PRIV_GLOBAL_LOCK = 0x000800,
    PRIV_GLOBAL_REGISTRY = 0x000400,
    PRIV_FINAL_APPLICATION = 0x000200,
    PRIV_RECEIPT = 0x000080
};

struct key {
    uint8_t kvn, kid;
    struct sym_key secret;
};

/* What belongs to a key version as a whole. */
struct keyset {
    uint8_t kvn; /* 0 = free */
    uint8_t failures;
    uint32_t sequence;
    uint64_t ota_counter;
};

struct scp_option {
    uint8_t scp, i;
};

struct data_object {
    uint16_t tag; /* 0 = free */
    uint8_t len;
    uint8_t value[SD_MAX_OBJECT_LEN];
};

struct sd {
    struct card *card;
    struct app *self;
    struct key keys[SD_MAX_KEYS];
    struct keyset sets[SD_MAX_SETS];
    struct scp_option scps[SD_MAX_SCPS];
    uint8_t scp_count;
    uint8_t tars[SD_MAX_TARS][TAR_LEN];
    uint8_t tar_count;
    uint8_t msl;
    bool has_extradition_policy; /* C9 tag 82 was given */
    uint8_t extradition_policy;
    bool born_personalized; /* C9 tag 84 */
    struct data_object objects[SD_MAX_OBJECTS];
};

struct elf {
    struct aid aid;
    uint8_t version[2];
    struct aid modules[ELF_MAX_MODULES];
    uint8_t module_count;
    struct app *owner; /* associated security domain */
    bool built_in;     /* in immutable memory */
    uint32_t memory;
    uint8_t hash[32]; /* SHA-256 of the load file data block */
};

struct native_ops; /* applet/applet.h */

struct app {
    struct card *card;
    struct aid aid, module;
    struct elf *elf;
    struct app *owner; /* associated security domain, NULL for the issuer's */
    uint8_t state;
    uint32_t privileges;
    uint8_t implicit[APP_MAX_IMPLICIT];
    uint8_t implicit_count;
    uint32_t memory, reserved, quota; /* bytes used; set aside at installation; upper limit, 0 = none */
    struct sd *sd;                    /* only for security domains */
    const struct native_ops *native;
    void *native_data;
};

struct load;     /* content/load.h */
struct key_data; /* command/key_dgi.h */

struct channel {
    bool open, remote;
    struct app *selected;
    struct session session;
    struct app *perso;     /* target of INSTALL [for personalization] */
    uint32_t store_blocks; /* STORE DATA commands of the running sequence */
    struct key_data *key_data;
    struct load *load;
    bool listing; /* this channel owns the GET STATUS continuation */
};

/* Misbehaviour asked for on the command line; zero = a correct card. */
struct quirks {
    bool counter_only_with_data, put_key_1171, legacy_status, small_buffer, no_confirmation, padded_empty;
};

struct faults {
    bool mac, truncate, cryptogram, crash_put_key;
    uint32_t silent_at, error_at; /* number of the command, from 1; 0 = never */
};

struct card {
    struct elf *elfs[CARD_MAX_ELFS];
    struct app *apps[CARD_MAX_APPS]; /* apps[0] is the issuer security domain */
    size_t elf_count, app_count;
    enum card_state state;
    uint32_t memory_total, memory_used;
    struct channel channels[CARD_CHANNELS];
    struct channel ota; /* the conversation behind card_remote */
    struct quirks quirks;
    struct faults faults;
    uint32_t commands; /* counted for the faults */
    bool dead, verbose;
    uint8_t seid[CARD_MAX_SEID];
    size_t seid_len;
    uint8_t kdd[KDD_LEN];
    uint8_t listing[LISTING_MAX]; /* GET STATUS answer still to be fetched */
    size_t listing_len, listing_at;
    uint8_t *pending; /* answer still to be fetched by GET RESPONSE, status word included */
    size_t pending_len, pending_at;
    uint8_t *plain; /* decrypted data field of the current command */
    size_t plain_len;
    uint8_t ota_kvn; /* key version of the packet behind the conversation in `ota` */
};

/* One command on its way through the card. */
struct job {
    struct card *card;
    struct channel *ch;
    struct sd *sd; /* the selected security domain, NULL for an application */
    struct capdu cmd;
    struct out *reply;
};

#endif
