/* SPDX-License-Identifier: Apache-2.0 */
/* The handset's secure components, as they are described to the back end. Edge. [GPCS 2.3.1 11.3, H.2, H.4]
 */
#include "process/elements.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "wire/names.h"

enum { SW_LEN = 2, LONG_FORM = 0x81, SHORT_FORM_MAX = 0x7F, TAG_LEN_MAX = 2 };
enum { CUID_LEN = 10, CPLC_HEAD = 3, CPLC_LEN = 42 };

static bool is_9000(const uint8_t *r, size_t n)
{
    return n >= SW_LEN && r[n - 2] == 0x90 && r[n - 1] == 0x00;
}

/* The value of an object that came without its tag and length gets them. */
static void keep_object(const uint8_t *tag, size_t tag_len, struct bytes r, struct data_object *out)
{
    struct writer w = WRITER(out->at);
    bool whole = r.len > tag_len && memcmp(r.at, tag, tag_len) == 0;
    if (!whole) {
        write_span(&w, BYTES_OF(tag, tag_len));
        if (r.len > SHORT_FORM_MAX)
            write_u8(&w, LONG_FORM);
        write_u8(&w, (unsigned)r.len);
    }
    out->len = r.len > 0 && r.len <= UINT8_MAX && write_span(&w, r) == TSM_OK ? w.len : 0;
}

static void get_data(struct channel *c, const uint8_t *tag, size_t tag_len, struct data_object *out)
{
    const uint8_t command[] = {0x80, 0xCA, tag_len == TAG_LEN_MAX ? tag[0] : 0x00, tag[tag_len - 1], 0x00};
    uint8_t *r = malloc(TSM_API_MAX_APDU);
    size_t n = r && c->handle ? channel_transmit(c, command, sizeof command, r) : 0;
    out->len = 0;
    if (is_9000(r, n))
        keep_object(tag, tag_len, BYTES_OF(r, n - SW_LEN), out);
    free(r);
}

/* The issuer's domain tells; what it does not tell is left out. */
static void read_element(struct channel *c, struct component *to)
{
    static const uint8_t select_isd[] = {0x00, 0xA4, 0x04, 0x00, 0x00};
    static const uint8_t cplc[] = {0x9F, 0x7F}, recognition[] = {0x66}, capabilities[] = {0x67};
    uint8_t *r = malloc(TSM_API_MAX_APDU);
    size_t n = r ? channel_transmit(c, select_isd, sizeof select_isd, r) : 0;
    free(r);
    if (n == 0) {
        to->access = TSM_API_ACCESS_DENIED;
        return;
    }
    get_data(c, cplc, sizeof cplc, &to->cplc);
    get_data(c, recognition, sizeof recognition, &to->recognition);
    get_data(c, capabilities, sizeof capabilities, &to->capabilities);
}

static void read_reader(struct tsm_api *api, const char *name, struct component *to)
{
    struct channel c;
    *to = (struct component){0};
    memcpy(to->reader, name, strnlen(name, TSM_API_MAX_NAME));
    to->access = channel_open(api, name, &c);
    if (to->access == TSM_API_ACCESS_OPEN) {
        read_element(&c, to);
        channel_close(&c);
    }
    if (api->transport.identify)
        api->transport.identify(api->transport.self, name, &to->identity);
    log_say(&api->log, TSM_API_LOG_INFO, TSM_API_LOG_ELEMENT, "%s: %s%s%s%s", name,
            to->access == TSM_API_ACCESS_OPEN ? "accessible" : "not accessible", to->cplc.len ? ", CPLC" : "",
            to->recognition.len ? ", recognition data" : "", to->capabilities.len ? ", capabilities" : "");
}

static struct known_reader *find(struct tsm_api *api, const char *name)
{
    for (size_t i = 0; i < api->n_readers; i++)
        if (strcmp(api->readers[i].component.reader, name) == 0)
            return &api->readers[i];
    return NULL;
}

/* What is known of a reader that is busy; false when it is free, and has to be read. */
static bool know(struct tsm_api *api, const char *name, struct component *to)
{
    pthread_mutex_lock(&api->lock);
    const struct known_reader *k = find(api, name);
    bool busy = k && k->busy && k->component.cplc.len + k->component.recognition.len > 0;
    if (busy)
        *to = k->component;
    pthread_mutex_unlock(&api->lock);
    return busy;
}

static void remember(struct tsm_api *api, const struct component *c)
{
    pthread_mutex_lock(&api->lock);
    struct known_reader *k = find(api, c->reader);
    if (k)
        k->component = *c;
    pthread_mutex_unlock(&api->lock);
}

size_t elements_describe(struct tsm_api *api, struct component *out)
{
    char names[TSM_API_MAX_READERS][TSM_API_MAX_NAME + 1] = {{0}};
    size_t n = api->transport.readers(api->transport.self, names, TSM_API_MAX_READERS);
    n = n < TSM_API_MAX_READERS ? n : TSM_API_MAX_READERS;
    for (size_t i = 0; i < n; i++) {
        names[i][TSM_API_MAX_NAME] = '\0';
        if (know(api, names[i], &out[i]))
            continue;
        read_reader(api, names[i], &out[i]);
        remember(api, &out[i]);
    }
    return n;
}

struct tsm_api_status access_status(enum tsm_api_access a)
{
    switch (a) {
    case TSM_API_ACCESS_OPEN:
        break;
    case TSM_API_ACCESS_DENIED:
        return status_of(TSM_API_SC_INACCESSIBLE, "access to SC failed");
    case TSM_API_ACCESS_NO_CHANNEL:
        return status_of(TSM_API_SC_CHANNEL_NOT_AVAILABLE, "no channel to the SC could be opened");
    case TSM_API_ACCESS_NFC_OFF:
        return status_of(TSM_API_NFC_NOT_ACTIVATED, "please activate NFC");
    }
    return STATUS_FINE;
}

struct tsm_api_status elements_status(const struct component *components, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (components[i].access == TSM_API_ACCESS_OPEN)
            return STATUS_FINE;
    return n > 0 ? access_status(components[0].access) : STATUS_FINE;
}

const char *element_type(const char *reader)
{
    if (strncmp(reader, "SIM", 3) == 0)
        return "uicc";
    return strncmp(reader, "eSE", 3) == 0 ? "eSE" : "undefined";
}

/* The card unique identifier: fabricator, type, batch and serial of the CPLC data [GPCS H.6]. */
static void cuid_text(const struct data_object *cplc, char *id)
{
    static const uint8_t places[CUID_LEN] = {0, 1, 2, 3, 16, 17, 12, 13, 14, 15};
    uint8_t cuid[CUID_LEN];
    for (size_t i = 0; i < CUID_LEN; i++)
        cuid[i] = cplc->at[CPLC_HEAD + places[i]];
    hex_text(BYTES(cuid), id);
}

void element_id(struct tsm_api *api, const char *reader, char *id)
{
    pthread_mutex_lock(&api->lock);
    const struct known_reader *k = find(api, reader);
    if (k && k->component.cplc.len == CPLC_HEAD + CPLC_LEN)
        cuid_text(&k->component.cplc, id);
    else if (k && k->component.identity.iccid[0])
        snprintf(id, ELEMENT_ID_MAX + 1, "%s", k->component.identity.iccid);
    else
        snprintf(id, ELEMENT_ID_MAX + 1, "%s", reader);
    pthread_mutex_unlock(&api->lock);
}
