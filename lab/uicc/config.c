/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration of one laboratory UICC, from command line options or from a line of a cards file: both
 * use the same names. Pure but for reading the file. */
#include "uicc/config.h"

#include "common/crypto/cipher.h"
#include "uicc/sms/tpdu.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { ICCID_OCTETS = 10, MAX_NAME = 32 };

void uicc_config_init(struct uicc_config *c)
{
    *c = (struct uicc_config){.listen = CONFIG_NO_FACE};
    c->card.scp80_kvn = 1;
}

void uicc_config_wipe(struct uicc_config *c)
{
    lab_wipe(c, sizeof *c);
}

struct card_config uicc_config_card(const struct uicc_config *c)
{
    struct card_config card = c->card;
    card.scp = c->scp[0] ? c->scp : NULL;
    card.with = c->with[0] ? c->with : NULL;
    card.quirk = c->quirks.card_quirks[0] ? c->quirks.card_quirks : NULL;
    card.fault = c->quirks.card_faults[0] ? c->quirks.card_faults : NULL;
    return card;
}

/* ---- one value ---- */

static bool set_key(const char *value, uint8_t key[CARD_MAX_KEY], size_t *len)
{
    return lab_hex_read(value, key, CARD_MAX_KEY, len) && *len > 0;
}

static bool set_number(const char *value, int base, unsigned long max, unsigned long *out)
{
    char *end;
    *out = strtoul(value, &end, base);
    return end != value && *end == '\0' && *out <= max;
}

static bool set_octet(const char *value, int base, uint8_t *out)
{
    unsigned long n;
    if (!set_number(value, base, UINT8_MAX, &n))
        return false;
    *out = (uint8_t)n;
    return true;
}

static bool set_digits(const char *value, char *out, size_t room)
{
    size_t n = strlen(value);
    if (n == 0 || n >= room || strspn(value, "0123456789") != n)
        return false;
    memcpy(out, value, n + 1);
    return true;
}

/* Coded as EF-ICCID: ten octets of semi-octets, F fills. */
static bool set_iccid(const char *value, struct card_config *card)
{
    char digits[CONFIG_MAX_ICCID + 1];
    if (!set_digits(value, digits, sizeof digits))
        return false;
    memset(card->seid, 0xFF, ICCID_OCTETS);
    sms_write_digits(digits, card->seid);
    card->seid_len = ICCID_OCTETS;
    return true;
}

static bool set_key_type(const char *value, uint8_t *type)
{
    if (strcmp(value, "aes") != 0 && strcmp(value, "des") != 0)
        return false;
    *type = value[0] == 'a' ? KEY_TYPE_AES : KEY_TYPE_DES;
    return true;
}

static bool set_face(const char *value, int *listen)
{
    unsigned long n;
    if (!set_number(value, 10, UINT16_MAX, &n))
        return false;
    *listen = (int)n;
    return true;
}

static bool set_por(const char *value, bool *by_submit)
{
    *by_submit = strcmp(value, "submit") == 0;
    return *by_submit || strcmp(value, "report") == 0;
}

static bool set_text(const char *value, char *out, size_t room)
{
    if (strlen(value) >= room)
        return false;
    strcpy(out, value);
    return true;
}

bool uicc_config_set(struct uicc_config *c, const char *name, const char *value)
{
    struct card_config *card = &c->card;
    if (strcmp(name, "msisdn") == 0)
        return set_digits(value, c->msisdn, sizeof c->msisdn);
    if (strcmp(name, "iccid") == 0)
        return set_iccid(value, card);
    if (strcmp(name, "kic") == 0)
        return set_key(value, card->kic, &card->kic_len);
    if (strcmp(name, "kid") == 0)
        return set_key(value, card->kid, &card->kid_len);
    if (strcmp(name, "kik") == 0)
        return set_key(value, card->kik, &card->kik_len);
    if (strcmp(name, "key") == 0)
        return set_key(value, card->key, &card->key_len);
    if (strcmp(name, "kvn") == 0)
        return set_octet(value, 10, &card->scp80_kvn) && card->scp80_kvn >= 1 && card->scp80_kvn <= 0x0F;
    if (strcmp(name, "key-type") == 0)
        return set_key_type(value, &card->scp80_type);
    if (strcmp(name, "isd-kvn") == 0)
        return set_octet(value, 16, &card->kvn);
    if (strcmp(name, "scp") == 0)
        return set_text(value, c->scp, sizeof c->scp);
    if (strcmp(name, "with") == 0)
        return set_text(value, c->with, sizeof c->with);
    if (strcmp(name, "listen") == 0)
        return set_face(value, &c->listen);
    if (strcmp(name, "por") == 0)
        return set_por(value, &c->por_by_submit);
    if (strcmp(name, "quirk") == 0)
        return uicc_quirks_parse(value, &c->quirks);
    return strcmp(name, "fault") == 0 && uicc_faults_parse(value, &c->quirks);
}

/* ---- one line of a cards file ---- */

static char *skip(char *p)
{
    while (isspace((unsigned char)*p))
        p++;
    return p;
}

/* A string without escapes: none of the values can hold one. Cuts it in place and moves behind it. */
static char *take_string(char **at)
{
    char *p = skip(*at);
    if (*p != '"')
        return NULL;
    char *text = ++p;
    p += strcspn(p, "\"\\");
    if (*p != '"')
        return NULL;
    *p = '\0';
    *at = p + 1;
    return text;
}

/* A string, or a whole number copied out. */
static char *take_value(char **at, char number[MAX_NAME])
{
    *at = skip(*at);
    size_t digits = strspn(*at, "0123456789");
    if (digits == 0)
        return take_string(at);
    if (digits >= MAX_NAME)
        return NULL;
    memcpy(number, *at, digits);
    number[digits] = '\0';
    *at += digits;
    return number;
}

static bool take_object(char *p, struct uicc_config *c)
{
    char number[MAX_NAME];
    if (*p++ != '{')
        return false;
    for (;;) {
        const char *name = take_string(&p);
        p = name ? skip(p) : p;
        if (!name || *p++ != ':')
            return false;
        const char *value = take_value(&p, number);
        if (!value || !uicc_config_set(c, name, value))
            return false;
        p = skip(p);
        if (*p == '}')
            return *skip(p + 1) == '\0';
        if (*p++ != ',')
            return false;
    }
}

int uicc_config_read_line(FILE *f, struct uicc_config *c)
{
    char line[CONFIG_MAX_LINE];
    int result = 0;
    while (result == 0 && fgets(line, sizeof line, f)) {
        char *start = skip(line);
        if (*start != '\0')
            result = take_object(start, c) && c->msisdn[0] ? 1 : -1;
    }
    lab_wipe(line, sizeof line);
    return result;
}
