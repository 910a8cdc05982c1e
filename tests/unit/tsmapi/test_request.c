/* SPDX-License-Identifier: Apache-2.0 */
/* Requests of the device interface: what is taken, and which word each wrong one gets. [TR-03165 4.2.5] */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "role/sp/tsmapi/wire/request.h"

#define HASH "5E5E5E5E5E5E5E5E5E5E5E5E5E5E5E5E5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e"
#define UID  "910BBD5A-1749-4737-b855-a520f1bc9da4"
#define DEVICE \
    "\"device\":{\"callerId\":\"" HASH "\",\"secureComponents\":[{\"reader\":\"eSE1\",\"cplc\":\"9f7f\"}]}"

/* The type of the fault, 0 where the body is taken. */
static int read_as(enum api_method m, const char *body, char text[FAULT_TEXT_MAX], bool *no_request)
{
    static struct api_request q;
    struct api_reading r = {.document = NULL};
    enum tsm_err e = api_request_read(bytes_of_text(body), m, &q, &r);
    assert_int_equal(e == TSM_OK, r.fault.type == API_OK);
    if (text)
        (void)fault_text(&r.fault, text);
    if (no_request)
        *no_request = r.no_request;
    json_decref(r.document);
    return (int)r.fault.type;
}

static void a_right_request_is_taken_whole(void **state)
{
    static const char body[] = "{" DEVICE ",\"serviceInstanceId\":\"" UID "\",\"finalizeDeployment\":true,"
                               "\"serviceCommands\":[{\"command\":\"install\",\"installationData\":null},"
                               "{\"command\":\"activate\",\"suspensionControl\":true},"
                               "{\"command\":\"personalize\",\"personalizationData\":{\"a\":\"b\"}}]}";
    static struct api_request q;
    struct api_reading r = {.document = NULL};
    (void)state;
    assert_int_equal(api_request_read(bytes_of_text(body), METHOD_DEPLOY, &q, &r), TSM_OK);
    assert_string_equal(q.caller, "5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e");
    assert_string_equal(q.instance, "910bbd5a-1749-4737-b855-a520f1bc9da4");
    assert_int_equal(q.n_components, 1);
    assert_true(q.component[0].accessible);
    assert_string_equal(q.component[0].cplc, "9F7F");
    assert_int_equal(q.commands.n, 3);
    assert_int_equal(q.commands.at[1], COMMAND_ACTIVATE);
    assert_true(q.commands.suspended && q.commands.finalise);
    assert_string_equal(json_member(q.personalization, "a"), "b");
    json_decref(r.document);
}

static void what_is_cut_off_is_no_request(void **state)
{
    static const char body[] = "{" DEVICE ",\"serviceId\":\"" UID "\",\"version\":\"1.0.x\"}";
    char part[sizeof body];
    bool no_request;
    (void)state;
    assert_int_equal(read_as(METHOD_CHECK_DEPLOYMENT, body, NULL, NULL), 0);
    for (size_t n = 0; n < sizeof body - 1; n++) {
        memcpy(part, body, n);
        part[n] = 0;
        assert_int_equal(read_as(METHOD_CHECK_DEPLOYMENT, part, NULL, &no_request), API_INVALID_ARGUMENT);
        assert_true(no_request);
    }
}

#define WITH_COMMANDS(list) \
    "{" DEVICE ",\"serviceInstanceId\":\"" UID "\",\"finalizeDeployment\":false,\"serviceCommands\":" list "}"

static void a_wrong_request_is_told_in_the_words_of_the_guideline(void **state)
{
    static const struct {
        enum api_method m;
        const char *body, *text;
    } rows[] = {
        {METHOD_LIST, "{" DEVICE ",\"serviceId\":\"x\"}",
         "serviceId in GetServiceInstancesRequest has invalid format"},
        {METHOD_CREATE, "{" DEVICE ",\"serviceId\":7,\"version\":\"1.0.0\"}",
         "serviceId in CreateServiceInstanceRequest has invalid format"},
        {METHOD_CREATE, "{" DEVICE ",\"serviceId\":\"" UID "\",\"version\":\"1.0.x\"}",
         "version in CreateServiceInstanceRequest has invalid format"},
        {METHOD_CREATE, "{" DEVICE ",\"serviceId\":\"" UID "\"}",
         "version in CreateServiceInstanceRequest is missing"},
        {METHOD_TERMINATE, "{" DEVICE ",\"serviceInstanceId\":\"" UID "\",\"force\":true}",
         "force in TerminateServiceRequest is not known"},
        {METHOD_CHECK_DEPLOYMENT, "{" DEVICE ",\"serviceId\":\"" UID "\",\"version\":\"one\"}",
         "version in CheckServiceDeploymentAvailableRequest has invalid format"},
        {METHOD_CHECK_DEPLOYMENT, "{" DEVICE ",\"serviceId\":\"" UID "\",\"version\":\"x.1.x\"}",
         "version in CheckServiceDeploymentAvailableRequest uses an unsupported filter pattern"},
        {METHOD_CHECK_UPDATE, "{" DEVICE ",\"serviceInstanceId\":\"" UID "\",\"newVersion\":\"1.x\"}",
         "newVersion in CheckServiceUpdateAvailableRequest uses an unsupported filter pattern"},
        {METHOD_SUSPEND_OR_RESUME, "{" DEVICE ",\"serviceInstanceId\":\"" UID "\",\"suspensionControl\":1}",
         "suspensionControl in SuspendOrResumeServiceRequest has invalid format"},
        {METHOD_DEPLOY, WITH_COMMANDS("[]"),
         "serviceCommands in DeployServiceRequest is only allowed to be empty if the finalize deployment "
         "flag is set"},
        {METHOD_DEPLOY, WITH_COMMANDS("[{\"command\":\"install\"},{\"command\":\"install\"}]"),
         "serviceCommands in DeployServiceRequest contain multiple InstallServiceCommands"},
        {METHOD_DEPLOY, WITH_COMMANDS("[{\"command\":\"personalize\"},{\"command\":\"personalize\"}]"),
         "serviceCommands in DeployServiceRequest contain multiple PersonalizeServiceCommands"},
        {METHOD_DEPLOY, WITH_COMMANDS("[{\"command\":\"activate\"}]"),
         "serviceCommands in DeployServiceRequest has invalid format: suspensionControl is true or false"},
        {METHOD_DEPLOY, WITH_COMMANDS("[{\"command\":\"install\",\"more\":1}]"),
         "serviceCommands in DeployServiceRequest has invalid format: a member of install is not known"},
        {METHOD_DEPLOY, WITH_COMMANDS("[{\"command\":\"personalize\",\"personalizationData\":{\"a\":1}}]"),
         "serviceCommands in DeployServiceRequest has invalid format: personalizationData is a map of texts"},
        {METHOD_DEPLOY, WITH_COMMANDS("[7]"),
         "serviceCommands in DeployServiceRequest has invalid format: a command is install, personalize or "
         "activate"},
        {METHOD_DEPLOY, WITH_COMMANDS("{}"), "serviceCommands in DeployServiceRequest has invalid format"},
    };
    char text[FAULT_TEXT_MAX], wanted[FAULT_TEXT_MAX];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool no_request;
        assert_int_equal(read_as(rows[i].m, rows[i].body, text, &no_request), API_INVALID_ARGUMENT);
        snprintf(wanted, sizeof wanted, "Invalid argument: %s", rows[i].text);
        assert_string_equal(text, wanted);
        assert_false(no_request);
    }
}

static void a_device_of_the_wrong_form_is_no_request(void **state)
{
    static const char *const devices[] = {
        "7",
        "{}",
        "{\"callerId\":\"" HASH "\"}",
        "{\"callerId\":\"5E\",\"secureComponents\":[]}",
        "{\"callerId\":\"" HASH "\",\"secureComponents\":{}}",
        "{\"callerId\":\"" HASH "\",\"secureComponents\":[],\"more\":1}",
        "{\"callerId\":\"" HASH "\",\"secureComponents\":[7]}",
        "{\"callerId\":\"" HASH "\",\"secureComponents\":[{\"cplc\":\"9F7F\"}]}",
        "{\"callerId\":\"" HASH "\",\"secureComponents\":[{\"reader\":\"r\",\"cplc\":\"9F7\"}]}",
        "{\"callerId\":\"" HASH "\",\"secureComponents\":[{\"reader\":\"r\",\"iccid\":\"12AB5\"}]}",
        "{\"callerId\":\"" HASH "\",\"secureComponents\":[{\"reader\":\"r\",\"seid\":\"XY99\"}]}",
        "{\"callerId\":\"" HASH "\",\"secureComponents\":[{\"reader\":\"r\",\"accessible\":\"yes\"}]}",
        "{\"callerId\":\"" HASH "\",\"secureComponents\":[{\"reader\":\"r\",\"colour\":\"\"}]}",
        "{\"callerId\":\"" HASH
        "\",\"secureComponents\":[{\"reader\":\"1\"},{\"reader\":\"2\"},{\"reader\":\"3\"},"
        "{\"reader\":\"4\"},{\"reader\":\"5\"},{\"reader\":\"6\"},{\"reader\":\"7\"},{\"reader\":\"8\"},{"
        "\"reader\":\"9\"}]}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof devices / sizeof devices[0]; i++) {
        char body[1000];
        bool no_request;
        snprintf(body, sizeof body, "{\"device\":%s,\"serviceId\":\"" UID "\"}", devices[i]);
        assert_int_equal(read_as(METHOD_LIST, body, NULL, &no_request), API_INVALID_ARGUMENT);
        assert_true(no_request);
    }
}

static void methods_have_the_names_of_the_guideline(void **state)
{
    static const char *const names[API_METHODS] = {"createServiceInstance",
                                                   "getServiceInstances",
                                                   "deployService",
                                                   "updateService",
                                                   "suspendOrResumeService",
                                                   "terminateService",
                                                   "checkServiceDeploymentAvailable",
                                                   "checkServiceUpdateAvailable"};
    enum api_method m;
    int processes = 0;
    (void)state;
    for (int i = 0; i < API_METHODS; i++) {
        assert_true(api_method_find(names[i], &m));
        assert_int_equal(m, i);
        processes += api_method_starts_process(m);
    }
    assert_int_equal(processes, 4);
    assert_false(api_method_find("setAccessToken", &m)); /* the library's own */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_right_request_is_taken_whole),
        cmocka_unit_test(what_is_cut_off_is_no_request),
        cmocka_unit_test(a_wrong_request_is_told_in_the_words_of_the_guideline),
        cmocka_unit_test(a_device_of_the_wrong_form_is_no_request),
        cmocka_unit_test(methods_have_the_names_of_the_guideline),
    };
    return cmocka_run_group_tests_name("tsmapi-request", tests, NULL, NULL);
}
