/* SPDX-License-Identifier: Apache-2.0 */
/* The profile of a kind of secure element: capabilities and quirks as data, read from JSON by table. Stations
 * 4 to 8. Pure. */
#ifndef TSM_ORDER_PROFILE_H
#define TSM_ORDER_PROFILE_H

#include <jansson.h>

#include "base/bytes.h"

enum bearer { BEARER_SMS, BEARER_SERAM };
enum script_format { FORMAT_COMPACT, FORMAT_EXPANDED };
enum {
    PROFILE_NAME_MAX = 64,
    PROFILE_SEGMENTS_MAX = 5,
    PROFILE_PATTERN_MAX = 128,
    PROFILE_MEMORY_MAX = 1 << 30,
    PROFILE_PACKAGES_MAX = 1024,
    PROFILE_GAP_MAX_MS = 120000,
    PROFILE_KEEP_ALIVE_MAX = 16
};

/* What an element has until it is identified; made by sql/002_inventory.sql. */
#define PROFILE_UNIDENTIFIED "unidentified"

struct se_profile {
    char name[PROFILE_NAME_MAX + 1], certificate[PROFILE_NAME_MAX + 1];
    uint8_t isd_aid[16], ssd_package[16], ssd_module[16];
    size_t isd_aid_len, ssd_package_len, ssd_module_len;
    /* Which cards have this profile: how CPLC and recognition data begin, see order/card/match.h. */
    char cplc[PROFILE_PATTERN_MAX + 1], recognition[PROFILE_PATTERN_MAX + 1];
    int bearer;          /* enum bearer: how the SE is reached */
    int64_t memory;      /* bytes that may be sold */
    int64_t protocol;    /* of security domains: 2, 3 or 128 (SCP80) */
    int64_t scp_i;       /* parameter i of SCP02/SCP03 */
    int64_t level;       /* security level of channels, 00..33 */
    int64_t command_max; /* most data bytes of one plain command */
    int64_t batch;       /* most commands in one batch to a device agent */
    int64_t scp11_i;     /* option of SCP11 that new domains may have, 2 octets [AmdF 4.3]; 0: none */
    int64_t isd_kvn, first_kvn, own_kvn; /* key versions: issuer's, the provider's first set, its own */
    int64_t spi1, spi2, kic_alg, kid_alg, cc_len; /* SCP80 [TS 102 225 5.1] */
    int format, concat;                           /* enum script_format; enum concat_order of ota/sms */
    int64_t segments;                             /* most segments of one secured packet */
    int64_t max_messages;           /* more short messages than this for one step need a better link */
    int64_t answer_s;               /* how long a proof of receipt may take */
    int64_t tar_first, tar_count;   /* what the owner allocates from, TS 101 220 annex D */
    int64_t put_key_1171;           /* 1: the AES key field of GPCS table 11-71 */
    int64_t counter_only_with_data; /* 1: SCP03 counter quirk */
    /* What loaded packages may import, "AID/1.6 AID/1.0"; "" not told; see order/admission/admission.h. */
    char packages[PROFILE_PACKAGES_MAX + 1];
    /* Wired: the platform ends the session after so long without an APDU, 0: it does not. How long an APDU is
     * under way between server and element and back; what keeps the session without changing anything. */
    int64_t gap_ms, round_trip_ms;
    uint8_t keep_alive[PROFILE_KEEP_ALIVE_MAX];
    size_t keep_alive_len;
    int64_t no_int;      /* 1: the virtual machine has no int */
    int64_t no_dap;      /* 1: no domain here verifies load files [GPCS C.2] */
    int64_t elf_upgrade; /* 1: load files can be replaced under their applications [Amendment H] */
};

/* How long the server may think before the session must hear of something again; 0: as long as it likes. An
 * answer is on its way once, and its report once more. */
static inline int64_t profile_hold_ms(const struct se_profile *p)
{
    return p->gap_ms ? p->gap_ms - 2 * p->round_trip_ms : 0;
}

/* Reads a profile; every failure names the member. */
enum tsm_err profile_read(const json_t *object, struct se_profile *out);

#endif
