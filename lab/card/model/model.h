/* SPDX-License-Identifier: Apache-2.0 */
/* What the card remembers: the GlobalPlatform registry, security domains with their keys, logical channels
 * (stations 8 to 10, the card's side); pure data; GPCS 2.3.1 6.5, 7.4, 7.5. */
#ifndef LAB_CARD_MODEL_MODEL_H
#define LAB_CARD_MODEL_MODEL_H

#include "card/card.h"
#include "card/channel/session.h"
#include "common/crypto/asym.h"
#include "common/bytes.h"
#include "common/crypto/cipher.h"

#define AID_MIN                     5
#define AID_MAX                     16
#define CARD_MAX_APPS               48
#define CARD_MAX_ELFS               24
#define CARD_CHANNELS               4
#define ELF_MAX_MODULES             8
#define APP_MAX_IMPLICIT            4
#define SD_MAX_KEYS                 30
#define SD_MAX_SETS                 10
#define SD_MAX_ASYM                 10
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
    PRIV_GLOBAL_SERVICE = 0x000100,
    PRIV_RECEIPT = 0x000080,
    PRIV_SELF_ACTIVATION = 0x000010, /* contactless, Amendment C */
    PRIV_PRIVACY_TRUSTED = 0x000008
};

/* The structs of elf, app, sd and card are kept field by field while a card lies idle (frozen/picture.c):
 * plain fields need nothing, a new pointer needs a row in its tables. */
struct key {
    uint8_t kvn, kid;
    struct sym_key secret;
};

/* An RSA or ECC key; identifier and version are unique over both kinds. */
struct asym_entry {
    uint8_t kvn, kid; /* kvn 0 = free */
    struct asym_key key;
};

/* Whom a domain obeys about content that comes, goes or is deleted (tags 82, 83 and 87 of C9). */
struct policy {
    bool given;
    uint8_t who;
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
    uint8_t i2; /* SCP11: the second byte, there when b8 of the first is set */
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
    struct asym_entry asym[SD_MAX_ASYM];
    struct scp_option scps[SD_MAX_SCPS];
    uint8_t scp_count;
    uint8_t tars[SD_MAX_TARS][TAR_LEN];
    uint8_t tar_count;
    uint8_t msl;
    struct policy accept_content, accept_deletion, accept_leaving;
    bool born_personalized;    /* C9 tag 84 */
    uint16_t confirmations;    /* GPCS C.5: the number of the next receipt */
    uint32_t grant, ram_grant; /* for all content below the domain together; 0 = no limit */
    struct data_object objects[SD_MAX_OBJECTS];
    struct casd *casd;   /* the Controlling Authority's domain only */
    struct scp11 *scp11; /* NULL until something hangs on a key of SCP11 */
};

#define ELF_MAX_IMPORTS 4

struct elf {
    struct aid aid;
    uint8_t version[2];
    struct aid modules[ELF_MAX_MODULES];
    uint8_t module_count, import_count;
    struct aid imports[ELF_MAX_IMPORTS]; /* packages that are not the platform's */
    struct app *owner;                   /* associated security domain */
    bool built_in;                       /* in immutable memory */
    uint32_t memory;
    uint8_t hash[32]; /* what cap_fingerprint says of the load file data block */
    bool upgrading;   /* the old version, hidden while it is replaced */
    bool successor;   /* the new version of a load file whose behaviour the card knows */
};

#define CL_MAX_LISTENERS     4
#define CL_MAX_DISCRETIONARY 200

/* An application's entry in the contactless registry (contactless/contactless.h). */
struct contactless {
    bool takes_part;
    uint8_t state;       /* enum cl_state */
    bool volatile_first; /* until the next reset */
    int32_t rank;        /* the lowest is the first */
    uint16_t updates;    /* application update counter */
    bool has_family;
    uint8_t family, display;
    struct aid listeners[CL_MAX_LISTENERS]; /* CREL applications */
    uint8_t listener_count;
    uint8_t discretionary[CL_MAX_DISCRETIONARY]; /* contents of A6 */
    uint8_t discretionary_len;
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
    uint32_t memory, reserved, quota;      /* bytes used; set aside at installation; upper limit, 0 = none */
    uint32_t ram, ram_reserved, ram_quota; /* the same of volatile memory */
    struct contactless contactless;
    bool upgrading; /* hidden while its load file is replaced (upgrade/upgrade.h) */
    struct sd *sd;  /* only for security domains */
    const struct native_ops *native;
    void *native_data;
};

struct chain;    /* channel/chain.h */
struct oce;      /* scp11/scp11.h */
struct scp11;    /* scp11/scp11.h */
struct casd;     /* casd/casd.h */
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
    struct chain *chain;
    struct oce *oce; /* SCP11: who shows a certificate or has shown one */
};

/* Misbehaviour asked for on the command line; zero = a correct card. */
struct quirks {
    bool counter_only_with_data, put_key_1171, legacy_status, small_buffer, no_confirmation, padded_empty;
    bool no_chaining, no_receipts, receipts_from_1, token_9484;
    bool sd_chain, split_status, no_version;
};

struct faults {
    bool mac, truncate, cryptogram, certificate, crash_put_key, crash_store_data;
    bool token_refused, receipt_missing, receipt_wrong, receipt_replay, receipt_other_card;
    uint32_t silent_at, error_at; /* number of the command, from 1; 0 = never */
};

struct card {
    struct elf *elfs[CARD_MAX_ELFS];
    struct app *apps[CARD_MAX_APPS]; /* apps[0] is the issuer security domain */
    size_t elf_count, app_count;
    enum card_state state;
    uint32_t memory_total, memory_used, ram_used;
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
    const void *listing_of; /* whose it is: a channel's domain, the contactless registry; NULL: nobody's */
    uint8_t listing_form;   /* P1 and the form of P2 that it answers */
    uint8_t *pending;       /* answer still to be fetched by GET RESPONSE, status word included */
    size_t pending_len, pending_at;
    uint8_t *plain; /* decrypted data field of the current command */
    size_t plain_len;
    uint8_t ota_kvn;              /* key version of the packet behind the conversation in `ota` */
    struct asym_key *script_root; /* of --script-root; NULL: the laboratory's, sems/sems.h */
    uint16_t contactless_updates; /* global update counter */
    struct upgrade_session {
        uint8_t status; /* enum upgrade_status, upgrade/upgrade.h */
        uint8_t options;
        struct aid elf;
    } upgrade;
};

/* One command on its way through the card. */
struct job {
    struct card *card;
    struct channel *ch;
    struct sd *sd; /* the selected security domain, NULL for an application */
    struct capdu cmd;
    struct out *reply;
    bool delegated;          /* delegated management by a token: the answer is a receipt */
    const uint8_t *token_id; /* tag 93 of the command, for the receipt; NULL when absent */
    size_t token_id_len;
};

#endif
