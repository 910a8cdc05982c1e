/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments that are wrong whatever the back end knows. Pure. [TR-03165 4.2.4.4, 4.2.5] */
#include "wire/check.h"

#include <string.h>

#include "wire/answer.h"
#include "wire/names.h"

#define INVALID(...) status_of(TSM_API_INVALID_ARGUMENT, __VA_ARGS__)

enum { VERSION_PARTS = 3, VERSION_MAX = 64, HASH_HEX = 64, DATA_MAX = 256 * 1024 };

static const char digits[] = "0123456789", pattern_set[] = "0123456789xX";

struct tsm_api_status check_service(const char *service_id, const char *request)
{
    if (!service_id || !text_is_uuid(service_id))
        return INVALID("serviceId in %s has invalid format", request);
    return STATUS_FINE;
}

struct tsm_api_status check_instance(const char *service_instance_id, const char *request)
{
    if (!service_instance_id || !text_is_uuid(service_instance_id))
        return INVALID("serviceInstanceId in %s has invalid format", request);
    return STATUS_FINE;
}

/* Parts of characters of `set` with dots between them; 0 when it is anything else. */
static size_t count_parts(const char *text, const char *set)
{
    size_t parts = 0;
    if (!text || strlen(text) > VERSION_MAX)
        return 0;
    for (;;) {
        size_t n = strspn(text, set);
        if (n == 0 || (text[n] != '.' && text[n] != '\0'))
            return 0;
        parts++;
        if (text[n] == '\0')
            return parts;
        text += n + 1;
    }
}

struct tsm_api_status check_version(const char *version, const char *field, const char *request)
{
    if (count_parts(version, digits) == 0)
        return INVALID("%s in %s has invalid format", field, request);
    return STATUS_FINE;
}

/* Three parts, each a number or one x, and no number behind an x. */
static bool is_pattern(const char *text)
{
    bool open = false;
    for (size_t parts = 0; parts < VERSION_PARTS; parts++) {
        size_t n = strspn(text, digits);
        bool x = n == 0 && (*text == 'x' || *text == 'X');
        if ((n == 0 && !x) || (open && !x))
            return false;
        open = open || x;
        text += x ? 1 : n;
        if (*text != (parts + 1 < VERSION_PARTS ? '.' : '\0'))
            return false;
        text++;
    }
    return true;
}

struct tsm_api_status check_pattern(const char *version, const char *field, const char *request)
{
    if (count_parts(version, pattern_set) == 0)
        return INVALID("%s in %s has invalid format", field, request);
    if (!is_pattern(version))
        return INVALID("%s in %s uses an unsupported filter pattern", field, request);
    return STATUS_FINE;
}

static const char *const command_names[] = {
    [TSM_API_INSTALL] = "InstallServiceCommands",
    [TSM_API_PERSONALIZE] = "PersonalizeServiceCommands",
    [TSM_API_ACTIVATE] = "ActivateServiceCommands",
};
enum { KINDS = sizeof command_names / sizeof command_names[0] };

static bool map_is_fine(const struct tsm_api_map *map)
{
    size_t total = 0;
    if (map->n > TSM_API_MAX_PAIRS || (map->n > 0 && !map->at))
        return false;
    for (size_t i = 0; i < map->n; i++) {
        if (!map->at[i].key || !map->at[i].value)
            return false;
        total += strlen(map->at[i].key) + strlen(map->at[i].value);
    }
    return total <= DATA_MAX;
}

static struct tsm_api_status check_commands(const struct tsm_api_deployment *d, const char *request)
{
    size_t of_kind[KINDS] = {0};
    if (d->n_commands == 0 && !d->finalize_deployment)
        return INVALID(
            "serviceCommands in %s is only allowed to be empty if the finalize deployment flag is set",
            request);
    if (d->n_commands > 0 && !d->commands)
        return INVALID("serviceCommands in %s has invalid format", request);
    for (size_t i = 0; i < d->n_commands; i++) {
        const struct tsm_api_service_command *c = &d->commands[i];
        if ((unsigned)c->kind >= KINDS)
            return INVALID("serviceCommands in %s contain an unknown service command", request);
        if (of_kind[c->kind]++ > 0)
            return INVALID("serviceCommands in %s contain multiple %s", request, command_names[c->kind]);
        if (!map_is_fine(&c->data))
            return INVALID("%s in %s has invalid format",
                           c->kind == TSM_API_INSTALL ? "installationData" : "personalizationData", request);
    }
    return STATUS_FINE;
}

struct tsm_api_status check_deployment(const struct tsm_api_deployment *d, bool update)
{
    const char *request = update ? "UpdateServiceRequest" : "DeployServiceRequest";
    struct tsm_api_status s = check_instance(d ? d->service_instance_id : NULL, request);
    if (s.execution_status == TSM_API_SUCCESS && update)
        s = check_version(d->new_version, "newVersion", request);
    return s.execution_status == TSM_API_SUCCESS ? check_commands(d, request) : s;
}

static bool is_address(const char *url)
{
    return url && strncmp(url, "https://", 8) == 0 && url[8] != '\0' && strlen(url) <= ANSWER_MAX_URL &&
           !strpbrk(url, "?#@ \r\n") && url[strlen(url) - 1] != '/';
}

enum {
    CONFIG_SIZE_FIRST = offsetof(struct tsm_api_config, device_self) + sizeof(void *), /* of version 1.0.4 */
    CONFIG_SIZE_MAX = 4096 /* beyond it a program has not set the member */
};

struct tsm_api_status check_config_size(const struct tsm_api_config *given, struct tsm_api_config *out)
{
    size_t n = given->struct_size;
    const unsigned char *octets = (const unsigned char *)given;
    struct tsm_api_config c = {0};
    if (n < CONFIG_SIZE_FIRST || n > CONFIG_SIZE_MAX)
        return INVALID("struct_size is not the size of the configuration");
    for (size_t i = sizeof c; i < n; i++)
        if (octets[i])
            return INVALID("the configuration has a setting that this library is too old to know");
    memcpy(&c, given, n < sizeof c ? n : sizeof c);
    *out = c;
    return STATUS_FINE;
}

struct tsm_api_status check_config(const struct tsm_api_config *c)
{
    const struct tsm_api_transport *t = &c->transport;
    if (!is_address(c->base_url))
        return INVALID("the base address of the TSM is no https address without a / at its end");
    if (!c->caller_id || strlen(c->caller_id) != HASH_HEX ||
        strspn(c->caller_id, "0123456789abcdefABCDEF") != HASH_HEX)
        return INVALID("callerId is not 64 hex digits");
    if (c->app_token && (strlen(c->app_token) > TSM_API_MAX_TOKEN || strpbrk(c->app_token, " \r\n")))
        return INVALID("the app's token is too long or has blanks in it");
    if (!t->readers || !t->open || !t->transmit || !t->close)
        return INVALID("the transport lacks readers, open, transmit or close");
    return STATUS_FINE;
}
