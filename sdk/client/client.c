/* SPDX-License-Identifier: Apache-2.0 */
/* A client of the TSM-API begins and ends. Edge. [TR-03165 4.2] */
#include "client/client.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "process/future.h"
#include "wire/check.h"
#include "wire/names.h"

static bool keep(char **to, const char *text)
{
    *to = text ? strdup(text) : NULL;
    return !text || *to;
}

static bool fill(struct tsm_api *api, const struct tsm_api_config *c)
{
    api->transport = c->transport;
    api->retry_s = c->retry_s ? c->retry_s : TSM_API_RETRY_S;
    memcpy(api->caller_id, c->caller_id, sizeof api->caller_id);
    return keep(&api->base_url, c->base_url) && keep(&api->ca_file, c->ca_file) &&
           keep(&api->app_token, c->app_token) && keep(&api->state_dir, c->state_dir) &&
           keep(&api->proxy, c->proxy);
}

static void destroy(struct tsm_api *api)
{
    if (api->app_token)
        explicit_bzero(api->app_token, strlen(api->app_token));
    free(api->base_url);
    free(api->ca_file);
    free(api->app_token);
    free(api->state_dir);
    free(api->proxy);
    pthread_mutex_destroy(&api->lock);
    pthread_mutex_destroy(&api->journal_lock);
    pthread_cond_destroy(&api->change);
    log_end(&api->log);
    free(api);
}

/* NULL when memory is exhausted. */
static struct tsm_api *make(const struct tsm_api_config *config)
{
    struct tsm_api *api = calloc(1, sizeof *api);
    if (!api || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        free(api);
        return NULL;
    }
    pthread_mutex_init(&api->lock, NULL);
    pthread_mutex_init(&api->journal_lock, NULL);
    pthread_cond_init(&api->change, NULL);
    log_init(&api->log, config->log, config->log_self);
    api->device_is_sound = config->device_is_sound;
    api->device_self = config->device_self;
    if (fill(api, config))
        return api;
    destroy(api);
    curl_global_cleanup();
    return NULL;
}

struct tsm_api *tsm_api_new(const struct tsm_api_config *config, struct tsm_api_status *why)
{
    struct tsm_api_config c;
    struct tsm_api_status s = check_config_size(config, &c);
    struct tsm_api *api = NULL;
    if (s.execution_status == TSM_API_SUCCESS)
        s = check_config(&c);
    if (s.execution_status == TSM_API_SUCCESS && !(api = make(&c)))
        s = status_of(TSM_API_INTERNAL_ERROR, "memory is exhausted");
    if (why)
        *why = s;
    return api;
}

void tsm_api_free(struct tsm_api *api)
{
    if (!api)
        return;
    pthread_mutex_lock(&api->lock);
    api->closing = true;
    futures_stop(api);
    while (api->running)
        pthread_cond_wait(&api->change, &api->lock);
    pthread_mutex_unlock(&api->lock);
    if (api->has_ended)
        pthread_join(api->ended, NULL);
    destroy(api);
    curl_global_cleanup();
}

size_t tsm_api_log_latest(struct tsm_api *api, struct tsm_api_log_message *out, size_t cap)
{
    return log_latest(&api->log, out, cap);
}

struct tsm_api_status tsm_api_set_access_token(struct tsm_api *api, const struct tsm_api_access_token *token)
{
    if (!token || !token->get_token)
        return status_of(TSM_API_INVALID_ARGUMENT, "token in SetAccessTokenRequest is missing");
    pthread_mutex_lock(&api->lock);
    api->token = *token;
    api->has_token = true;
    pthread_mutex_unlock(&api->lock);
    return STATUS_FINE;
}

struct https *client_line(const struct tsm_api *api, bool cookies)
{
    return https_new(
        &(struct https_config){.ca_file = api->ca_file, .proxy = api->proxy, .cookies = cookies});
}
