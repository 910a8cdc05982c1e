/* SPDX-License-Identifier: Apache-2.0 */
/* Who the cards of a fleet are: kind, numbers and keys of each, made from a seed and its place in the fleet
 * (no station); pure; ITU-T E.118 (ICCID), ITU-T E.164 (MSISDN), NIST SP 800-108 (keys). */
#include "fleet/identity.h"

#include "uicc/sms/tpdu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ISSUER     "894910" /* telecommunication, Germany, an issuer number of the laboratory */
#define NUMBERS    "49171"
#define MASTER     "OpenTSM laboratory fleet master "
#define PLACE_MASK 10000000

enum { MAX_MIX = 256, MAX_LABEL = 64 };

static const struct fleet_kind kinds[] = {
    {"lab-uicc", true, ""},
    {"lab-uicc-cpi", true, "cpi-first"},
    {"lab-ese", false, ""},
};

const char *fleet_kind_names(void)
{
    return "  lab-uicc       UICC, reached by short messages\n"
           "  lab-uicc-cpi   the same, wants the command packet identifier in every segment\n"
           "  lab-ese        embedded secure element, reached through the door\n";
}

static const struct fleet_kind *find_kind(const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i].profile, name) == 0)
            return &kinds[i];
    return NULL;
}

/* "NAME" or "NAME:WEIGHT". */
static bool read_part(char *text, struct fleet_mix *mix)
{
    char *colon = strchr(text, ':'), *end = NULL;
    unsigned long weight = 1;
    if (colon) {
        *colon = '\0';
        weight = strtoul(colon + 1, &end, 10);
        if (colon[1] < '0' || colon[1] > '9' || *end != '\0')
            return false;
    }
    const struct fleet_kind *kind = find_kind(text);
    if (!kind || weight == 0 || weight > FLEET_MAX_WEIGHT || mix->parts == FLEET_MAX_PARTS)
        return false;
    unsigned before = mix->parts > 0 ? mix->until[mix->parts - 1] : 0;
    mix->kinds[mix->parts] = kind;
    mix->until[mix->parts++] = before + (unsigned)weight;
    return true;
}

bool fleet_mix_read(const char *text, struct fleet_mix *mix)
{
    char copy[MAX_MIX], *rest = NULL;
    *mix = (struct fleet_mix){0};
    if (strlen(text) >= sizeof copy)
        return false;
    strcpy(copy, text);
    for (char *part = strtok_r(copy, ",", &rest); part; part = strtok_r(NULL, ",", &rest))
        if (!read_part(part, mix))
            return false;
    return mix->parts > 0;
}

bool fleet_plan_master(struct fleet_plan *p)
{
    char text[MAX_LABEL];
    uint8_t hash[32];
    int n = snprintf(text, sizeof text, MASTER "%03u", p->seed);
    if (!lab_digest(sizeof hash, (const uint8_t *)text, (size_t)n, hash))
        return false;
    p->master = (struct sym_key){.type = KEY_TYPE_AES, .len = FLEET_KEY_LEN};
    memcpy(p->master.value, hash, FLEET_KEY_LEN);
    lab_wipe(hash, sizeof hash);
    return true;
}

/* One block of the counter mode KDF: 01 ‖ label ‖ 00 ‖ identifier ‖ 0080. */
static void derive(const struct fleet_plan *p, const char *label, const char *id, uint8_t key[FLEET_KEY_LEN])
{
    uint8_t input[MAX_LABEL], mac[AES_BLOCK] = {0};
    struct out o;
    out_init(&o, input, sizeof input);
    out_number(&o, 1, 1);
    out_bytes(&o, (const uint8_t *)label, strlen(label) + 1);
    out_bytes(&o, (const uint8_t *)id, strlen(id));
    out_number(&o, FLEET_KEY_LEN * 8, 2);
    aes_cmac(&p->master, input, o.len, mac);
    memcpy(key, mac, FLEET_KEY_LEN);
    lab_wipe(mac, sizeof mac);
}

/* The check digit that makes the weighted sum of all digits a multiple of ten (Luhn, E.118 annex). */
static char luhn(const char *digits)
{
    unsigned sum = 0;
    size_t n = strlen(digits);
    for (size_t i = 0; i < n; i++) {
        unsigned d = (unsigned)(digits[n - 1 - i] - '0') << (i % 2 == 0);
        sum += d > 9 ? d - 9 : d;
    }
    return (char)('0' + (10 - sum % 10) % 10);
}

static const struct fleet_kind *kind_at(const struct fleet_mix *mix, uint32_t place)
{
    unsigned turn = place % mix->until[mix->parts - 1];
    size_t i = 0;
    while (turn >= mix->until[i])
        i++;
    return mix->kinds[i];
}

void fleet_identify(const struct fleet_plan *p, uint32_t place, struct fleet_identity *to)
{
    struct out o;
    *to = (struct fleet_identity){.kind = kind_at(&p->mix, place)};
    snprintf(to->iccid, sizeof to->iccid, ISSUER "%03u%09u", p->seed % (FLEET_MAX_SEED + 1), place);
    to->iccid[FLEET_ICCID_DIGITS - 1] = luhn(to->iccid);
    snprintf(to->msisdn, sizeof to->msisdn, NUMBERS "%03u%07u", p->seed % (FLEET_MAX_SEED + 1),
             place % PLACE_MASK);
    out_init(&o, to->seid, sizeof to->seid);
    out_bytes(&o, (const uint8_t *)"OPEN", 4);
    out_number(&o, p->seed, 2);
    out_number(&o, place, 4);
    derive(p, "kic", to->iccid, to->kic);
    derive(p, "kid", to->iccid, to->kid);
    derive(p, "kik", to->iccid, to->kik);
    derive(p, "isd", to->iccid, to->isd);
}

struct card_config fleet_config(const struct fleet_identity *id)
{
    struct card_config c = {.key_len = FLEET_KEY_LEN, .seid_len = FLEET_SEID_LEN};
    memcpy(c.key, id->isd, FLEET_KEY_LEN);
    if (!id->kind->uicc) {
        memcpy(c.seid, id->seid, FLEET_SEID_LEN);
        return c;
    }
    c.kic_len = c.kid_len = c.kik_len = FLEET_KEY_LEN;
    memcpy(c.kic, id->kic, FLEET_KEY_LEN);
    memcpy(c.kid, id->kid, FLEET_KEY_LEN);
    memcpy(c.kik, id->kik, FLEET_KEY_LEN);
    c.scp80_kvn = 1;
    memset(c.seid, 0xFF, FLEET_SEID_LEN); /* coded as EF-ICCID: ten octets of semi-octets */
    sms_write_digits(id->iccid, c.seid);
    return c;
}

void fleet_range(const struct fleet_plan *p, char to[FLEET_MSISDN_DIGITS + 1])
{
    snprintf(to, FLEET_MSISDN_DIGITS + 1, NUMBERS "%03u*", p->seed % (FLEET_MAX_SEED + 1));
}

bool fleet_place(const struct fleet_plan *p, const char *msisdn, uint32_t *place)
{
    char range[FLEET_MSISDN_DIGITS + 1];
    char *end;
    fleet_range(p, range);
    size_t head = strlen(range) - 1;
    if (strlen(msisdn) != FLEET_MSISDN_DIGITS || memcmp(msisdn, range, head) != 0)
        return false;
    unsigned long n = strtoul(msisdn + head, &end, 10);
    if (*end != '\0' || n >= p->cards)
        return false;
    *place = (uint32_t)n;
    return true;
}
