// Made from api/openapi.json by `npm run client`; do not edit.

export interface paths {
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Public keys that access tokens can be verified with. */
        get: operations["jwks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/aam/connections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Connections, newest first. */
        get: operations["list_connections"];
        put?: never;
        /** Connects a source. */
        post: operations["create_connection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/aam/connections/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One connection with its streams. */
        get: operations["get_connection"];
        put?: never;
        post?: never;
        /** Disconnects a source and forgets its records. */
        delete: operations["delete_connection"];
        options?: never;
        head?: never;
        /** Changes name, settings or policy. */
        patch: operations["update_connection"];
        trace?: never;
    };
    "/api/v1/aam/connections/{id}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Checks a connection. */
        post: operations["check_connection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/aam/connections/{id}/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Leaves Safe Mode and reads on from where it stands. */
        post: operations["confirm_connection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/aam/connections/{id}/dead-letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Rows of a connection that could not be taken. */
        get: operations["list_dead_letters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/aam/connections/{id}/dead-letters/discard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Says of dead letters that they do not matter. They stay to be read, and are not tried again. */
        post: operations["discard_dead_letters"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/aam/connections/{id}/dead-letters/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tries dead letters again. */
        post: operations["replay_dead_letters"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/aam/connections/{id}/demo/drift": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a demo source change its schema. */
        post: operations["cause_drift"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/aam/connections/{id}/discover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Streams the source offers. */
        get: operations["discover_streams"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/aam/connections/{id}/mappings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Rules in force, of all streams. */
        get: operations["get_mappings"];
        /** New rules for one stream; its history is mapped again. */
        put: operations["put_mapping"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/aam/connections/{id}/mappings/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All versions of a stream's rules, newest first. */
        get: operations["mapping_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/aam/connections/{id}/mappings/try": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Runs new rules over the source's first rows without putting them into force. */
        post: operations["try_mapping"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/aam/connections/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stops reading until resumed. */
        post: operations["pause_connection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/aam/connections/{id}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** First rows of a stream. */
        get: operations["preview_stream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/aam/connections/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Reads again. */
        post: operations["resume_connection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/aam/connections/{id}/rewind": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sets the cursors back and reads again. Rows that are known already change nothing; what the source has changed since
         *     comes in, and nothing is lost meanwhile.
         */
        post: operations["rewind_connection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/aam/connections/{id}/sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Reads the source now. */
        post: operations["sync_connection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/aam/connections/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Checks settings that are no connection yet; nothing is kept. */
        post: operations["check_settings"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/aam/connector-types": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Types of sources and their settings. */
        get: operations["list_connector_types"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/actors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Actors of the tenant, in the order of its tree. */
        get: operations["list_actors"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/access-policy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether two people are wanted for a decision. */
        get: operations["get_access_policy"];
        /** Switches it. */
        put: operations["put_access_policy"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How it stands. */
        get: operations["get_alerts"];
        /** Says what people are told of from now on, and where. */
        put: operations["put_alerts"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/alerts/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends a message at once, for trying. */
        post: operations["test_alerts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/cluster": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Nodes and places. */
        get: operations["cluster"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/feature-flags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every flag and how it stands. */
        get: operations["list_feature_flags"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/feature-flags/toggle": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Turns one; parts that ask it see it the next time they look, and whoever watches is told `flag.changed`. */
        post: operations["toggle_feature_flag"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/model-use": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** By day, purpose and model. */
        get: operations["get_model_use"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/tenant": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The tenant. */
        get: operations["tenant"];
        put?: never;
        post?: never;
        /** Deletes the tenant with everything of it. */
        delete: operations["delete_tenant"];
        options?: never;
        head?: never;
        /** Renames the tenant. Its limits are set by whoever operates the platform. */
        patch: operations["update_tenant"];
        trace?: never;
    };
    "/api/v1/admin/tenant/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Writes the whole tenant out. */
        post: operations["export_tenant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/tenant/exports/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Downloads an archive. */
        get: operations["download_export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/tenant/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Starts a suspended tenant. */
        post: operations["resume_tenant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/tenant/suspend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Suspends the tenant until an admin resumes it. */
        post: operations["suspend_tenant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Agents and how they are. */
        get: operations["list_agents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents/{id}/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Runs an agent now. */
        post: operations["run_agent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/aoa/demo-scan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Asks the demo's systems what they offer. */
        post: operations["aoa_demo_scan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/aoa/discover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Finds what the words of a question name, among what is read or could be. */
        post: operations["aoa_discover"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/aoa/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Calls off and forgets the last run, and builds the views anew from the log. */
        post: operations["aoa_reset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/aoa/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Reads sources and lets agents look at what came of it; one run at a time. */
        post: operations["aoa_run"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/aoa/state": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How everything is. */
        get: operations["aoa_state"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Keys, newest first, those that ended as well. */
        get: operations["list_api_keys"];
        put?: never;
        /** Makes a key. */
        post: operations["create_api_key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/api-keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Ends a key: one's own, or as an admin anybody's. */
        delete: operations["revoke_api_key"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Changes, newest first. */
        get: operations["list_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The chain as JSON lines. */
        get: operations["export_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Checks the chain. */
        get: operations["verify_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Invites somebody into the tenant. */
        post: operations["invite"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Signs in by a one-time link. */
        post: operations["sign_in_by_link"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Signs in. */
        post: operations["login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Signs out. */
        post: operations["logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who am I? */
        get: operations["me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/oidc": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How people may sign in besides a password. */
        get: operations["sign_ins"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/oidc/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Takes the browser back, signed in. */
        get: operations["signed_in_elsewhere"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/oidc/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Sends the browser to the identity provider. */
        get: operations["sign_in_elsewhere"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Changes one's password. */
        post: operations["change_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Goes on with a session. */
        post: operations["refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a tenant and its first admin, or joins one by invitation. */
        post: operations["register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where am I signed in? */
        get: operations["list_sessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Ends one of my sessions. */
        delete: operations["revoke_session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/tickets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gets a one-time ticket for a live stream. */
        post: operations["create_ticket"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/bulk-mappings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Jobs, newest first. */
        get: operations["list_bulk_mappings"];
        put?: never;
        /** Asks for a job over connections, or over objects as they are described. */
        post: operations["create_bulk_mapping"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/bulk-mappings/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One job and how far it is. */
        get: operations["get_bulk_mapping"];
        put?: never;
        post?: never;
        /** Calls a job off; what is done stays. */
        delete: operations["cancel_bulk_mapping"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/bulk-mappings/{id}/results": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What each object's fields are held to be, in the order they were given; what is not done has none yet. */
        get: operations["get_bulk_mapping_results"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/config/apply": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Applies a configuration. What it does not name is left alone. */
        post: operations["apply_configuration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/config/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The configuration as YAML. */
        get: operations["export_configuration"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dcl/agents/{id}/results": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Findings of one agent, newest first. */
        get: operations["agent_results"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dcl/connect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Brings everything connected into the views; asked twice, it does nothing twice. */
        post: operations["dcl_connect"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dcl/digest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Digest of the views at their position. */
        get: operations["dcl_digest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dcl/entities/{view}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Entities by id: those that have a record for which the filters hold. */
        get: operations["list_identities"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dcl/entities/{view}/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** An entity: golden record, source of each value, records, and the evidence of each pair. */
        get: operations["get_identity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dcl/entities/{view}/{id}/split": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes records out of an entity; the part with the oldest record keeps the id. */
        post: operations["split_identity"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dcl/entities/{view}/merge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes entities one; the oldest keeps its id, the others lead to it. */
        post: operations["merge_identities"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dcl/graph": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What feeds what. */
        get: operations["dcl_graph"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dcl/metadata": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Quality, freshness, coverage and open drifts of the sources. */
        get: operations["dcl_metadata"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dcl/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Rows of a node. */
        get: operations["dcl_preview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dcl/query": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Groups, counts and sums of a view's rows, or some of its fields as a table. */
        post: operations["query_structured"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dcl/questions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Saved questions, newest first. */
        get: operations["list_questions"];
        put?: never;
        /** Saves a question, in SQL or without. */
        post: operations["create_question"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dcl/questions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One question. */
        get: operations["get_question"];
        put?: never;
        post?: never;
        /** Deletes one. */
        delete: operations["delete_question"];
        options?: never;
        head?: never;
        /** Changes one. */
        patch: operations["update_question"];
        trace?: never;
    };
    "/api/v1/dcl/questions/{id}/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Asks it now. */
        post: operations["run_question"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dcl/rebuild": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Builds the views again from the log. */
        post: operations["rebuild_views"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dcl/sql": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Runs one SELECT, read-only, in a process of its own with an end to its time, memory and rows. What is wrong with the
         *     statement is told with its line and column.
         */
        post: operations["run_sql"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dcl/state": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Position, lag and size of the views. */
        get: operations["dcl_state"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dcl/views": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Views and their fields. */
        get: operations["list_views"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dcl/views/{view}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Rows of a view. `filter[field]=op:value` (repeat for more), `sort=-amount,name`, `select=name,amount`, `limit`,
         *     `cursor`; `format=csv|parquet|arrow|json` (or Accept) exports everything that matches.
         */
        get: operations["query_view"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/demo/pipeline/end-to-end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Connects the demo's systems, reads them, and follows their rows to views and findings. */
        post: operations["demo_pipeline_start"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/demo/pipeline/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes the demo's systems out again, with everything that was read of them. */
        post: operations["demo_pipeline_reset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/demo/pipeline/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far it is, stage by stage. */
        get: operations["demo_pipeline_status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/drifts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Detected changes, newest first. */
        get: operations["list_drifts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/drifts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One detected change. */
        get: operations["get_drift"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/drifts/{id}/revert": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes the repair of a drift back, to the row. */
        post: operations["revert_repair"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/entities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The entities of the canonical model. */
        get: operations["list_entities"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/entities/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The JSON Schema of one entity. */
        get: operations["get_entity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Live events; `event: reset` says that the past asked for is gone, `event: missed` that the reader was too slow. */
        get: operations["stream_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Files, in the order of their paths. */
        get: operations["list_files"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/{path}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Downloads a file. */
        get: operations["get_file"];
        /** Uploads a file. */
        put: operations["put_file"];
        post?: never;
        /** Deletes a file. Rows that were read from it stay. */
        delete: operations["delete_file"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/findings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Findings, newest first. */
        get: operations["list_findings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/findings/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Accepts or dismisses a finding. */
        patch: operations["decide_finding"];
        trace?: never;
    };
    "/api/v1/flow-monitor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What flows through the three layers now. */
        get: operations["flow_monitor"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flow-monitor/journey/{view}/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where an entity came from, what became of it, and who used it. */
        get: operations["flow_journey"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/lineage/grid": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Rules in force, searched, filtered, sorted and paged. */
        get: operations["lineage_grid"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/lineage/impact": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Fields, views, agents and what people keep that rest on a node. */
        get: operations["lineage_impact"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/lineage/neighbourhood": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The graph around a node, with columns and fields unless said otherwise. */
        get: operations["lineage_neighbourhood"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/lineage/openlineage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Keeps what an event of OpenLineage 1.x says: a run, a job or a dataset. */
        post: operations["take_openlineage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/lineage/records/{view}/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Source record, batch, rule and original value of each value; for a golden record, why it is this one. */
        get: operations["why_record"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/lineage/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Nodes whose names have the words; where there is none, those whose names come nearest. */
        get: operations["lineage_search"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/lineage/tree": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A tree; without a node, of every source, or upwards of every agent. */
        get: operations["lineage_tree"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/mappings/propose": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Proposes a mapping. */
        post: operations["propose_mapping"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operator/erasures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Ends of tenants, those under way first. */
        get: operations["operator_erasures"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operator/tenants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tenants, in order of making. */
        get: operations["operator_tenants"];
        put?: never;
        /** Makes a tenant and an invitation for its first admin. */
        post: operations["operator_create_tenant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operator/tenants/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One tenant, what it has and what it may have. */
        get: operations["operator_tenant"];
        put?: never;
        post?: never;
        /** Deletes a tenant with everything of it. */
        delete: operations["operator_delete_tenant"];
        options?: never;
        head?: never;
        /** Changes name or limits; the limits are sent whole. */
        patch: operations["operator_update_tenant"];
        trace?: never;
    };
    "/api/v1/operator/tenants/{id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Writes a whole tenant out; its admins download it. */
        post: operations["operator_export_tenant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operator/tenants/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Resumes a tenant, whoever suspended it. */
        post: operations["operator_resume_tenant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operator/tenants/{id}/suspend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Suspends a tenant; its own admins cannot resume it. */
        post: operations["operator_suspend_tenant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/playbook-runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Runs, newest first, without their steps. */
        get: operations["list_playbook_runs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/playbook-runs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One run, step by step. */
        get: operations["get_playbook_run"];
        put?: never;
        post?: never;
        /** Calls a run off, and the tasks of its steps that are not over. */
        delete: operations["cancel_playbook_run"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/playbooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Playbooks, newest first. */
        get: operations["list_playbooks"];
        put?: never;
        /** Keeps a playbook; one that cannot be meant is refused with the place in it. */
        post: operations["create_playbook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/playbooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One playbook. */
        get: operations["get_playbook"];
        /** Writes one anew. Runs under way go on as they began. */
        put: operations["put_playbook"];
        post?: never;
        /** Deletes one; runs under way go on. */
        delete: operations["delete_playbook"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/playbooks/{id}/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begins a run. */
        post: operations["run_playbook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/repairs/propose": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Proposes repairs. */
        post: operations["propose_repair"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reviews": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Questions to humans, newest first. */
        get: operations["list_reviews"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reviews/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One question. */
        get: operations["get_review"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reviews/{id}/decide": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Approves, rejects or edits a proposal. */
        post: operations["decide_review"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schedules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Schedules with the times to come, newest first. */
        get: operations["list_schedules"];
        put?: never;
        /** Makes a schedule. A time that never comes, and work that cannot be meant, are refused. */
        post: operations["create_schedule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schedules/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One schedule. */
        get: operations["get_schedule"];
        put?: never;
        post?: never;
        /** Deletes one; what it has set off goes on. */
        delete: operations["delete_schedule"];
        options?: never;
        head?: never;
        /** Changes, pauses or resumes one. Its times are counted anew from now. */
        patch: operations["update_schedule"];
        trace?: never;
    };
    "/api/v1/schedules/{id}/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Does now what it does; its own times stay. */
        post: operations["run_schedule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tasks, newest first. */
        get: operations["list_tasks"];
        put?: never;
        /** Queues a task. */
        post: operations["create_task"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One task. */
        get: operations["get_task"];
        put?: never;
        post?: never;
        /** Calls a task off. */
        delete: operations["cancel_task"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{id}/log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The log of one task, oldest line first. */
        get: operations["get_task_log"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tries a task again that failed or was called off, with its attempts counted anew. */
        post: operations["retry_task"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Queues many tasks, all of them or none. */
        post: operations["create_tasks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** People, newest first. */
        get: operations["list_users"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes a person's name, role or access. */
        patch: operations["update_user"];
        trace?: never;
    };
    "/api/v1/webhooks/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Messages to the outside, newest first. */
        get: operations["list_deliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/deliveries/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One message. */
        get: operations["get_delivery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/deliveries/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends a message anew, under the id it has, whatever became of it. */
        post: operations["replay_delivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/secrets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The secrets that sign now, the one in force first; for whoever checks signatures. */
        get: operations["list_webhook_secrets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/secrets/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Puts a new secret in force. Those before sign as well, for a day unless said, so that nobody has to change at once. */
        post: operations["rotate_webhook_secret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Alive. */
        get: operations["healthz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Metrics of this process. */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Able to serve. */
        get: operations["readyz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ws/flow-monitor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Live events as JSON messages. Without a token in the header or a ticket, the first message has to be
         *     `{"token": "..."}`.
         */
        get: operations["flow_monitor_socket"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description Who may decide what, beyond roles. */
        AccessPolicy: {
            /** @description Whether nobody approves what they proposed themselves. */
            four_eyes: boolean;
        };
        /** @description One actor. */
        ActorView: Record<string, unknown> & {
            /** @description Whether it moves: `healthy`, `stuck`, `recovering`, `down`. */
            health: string;
        };
        /** @description An agent that a change touches. */
        AgentTouched: {
            /** @description Its checks whose queries name such a field. */
            checks: string[];
            /** @description The agent. */
            node: components["schemas"]["GraphNode"];
        };
        /** @description An agent and how it is. */
        AgentView: {
            /** @description `observe`, `propose`, `act`. */
            autonomy: string;
            /** @description Views it reads. */
            entities: string[];
            /** @description `revops`, `finops`. */
            id: string;
            /**
             * Format: date-time
             * @description When it last ran.
             */
            last_run_at?: string | null;
            /** @description How that ended. */
            last_run_state?: string | null;
            /** @description Shown to people. */
            name: string;
            /**
             * Format: int64
             * @description Findings open.
             */
            open_findings: number;
            /** @description What it is for. */
            purpose: string;
        };
        /** @description What people are told of. */
        AlertsView: {
            /** @description `quarantined`, `failed`, `review`. */
            kinds: string[];
            /**
             * Format: date-time
             * @description What happened before is not told.
             */
            since?: string | null;
            /** @description `***` if there is an address, null if nobody is told. */
            slack_url?: string | null;
        };
        /** @description What a message for trying came to. */
        AlertTried: {
            /** @description How its answer began. */
            answer: string;
            /** @description Whether it was taken. */
            delivered: boolean;
            /**
             * Format: int32
             * @description What the other side answered with.
             */
            status: number;
        };
        /** @description A key, without what it opens with. */
        ApiKeyView: {
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            /** @description Its first characters. */
            hint: string;
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            last_used_at?: string | null;
            /** @description What it is for. */
            name: string;
            /**
             * Format: uuid
             * @description Who made it; it never has more rights than they have.
             */
            owner_id: string;
            /** Format: date-time */
            revoked_at?: string | null;
            /** @description What it may do. */
            scopes: string[];
        };
        /** @description A document to apply. */
        ApplyConfiguration: {
            /** @description The configuration as YAML, in the shape that `GET /api/v1/config/export` shows. */
            document: string;
            /** @description Secrets by the names that stand in the document as `${NAME}`. One that is not given stays as it is. */
            secrets?: {
                [key: string]: string;
            };
        };
        /** @description Work that was asked for. */
        Asked: {
            /**
             * Format: uuid
             * @description Ask `GET /api/v1/tasks/{id}` how far it is.
             */
            task_id: string;
        };
        /** @description Tasks that were asked for together. */
        AskedMany: {
            /** @description Their ids, in the order they were given. */
            task_ids: string[];
        };
        /** @description Something that is read, or could be. */
        Asset: {
            /**
             * Format: double
             * @description How well it fits what was asked, 0 to 1.
             */
            confidence_score?: number | null;
            /**
             * Format: uuid
             * @description The connection that reads it.
             */
            connection_id?: string | null;
            /** @description `connection/stream`, a file's path, or a stream of a system. */
            entity_name: string;
            /** @description Canonical entity that it maps to, if it does. */
            entity_type?: string | null;
            /** @description Fields, as the source names them, where they are known. */
            fields: string[];
            /** @description What the source is. */
            source_system: string;
            /** @description `CONNECTED` or `READY_FOR_CONNECT`. */
            state: string;
        };
        /** @description One change. */
        AuditView: {
            /** @description What was done. */
            action: string;
            /** @description By whom. */
            actor: string;
            /** @description As it is, without secrets. */
            after?: Record<string, unknown> | null;
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description As it was, without secrets. */
            before?: Record<string, unknown> | null;
            /** @description SHA-256 over this entry and the hash of the one before. */
            hash: string;
            /**
             * Format: int64
             * @description Gapless from 1.
             */
            seq: number;
            /** @description To what. */
            subject: string;
            /** @description The request. */
            trace_id: string;
        };
        /** @description A mapping job. */
        BulkMappingView: {
            /**
             * Format: date-time
             * @description When it was asked for.
             */
            created_at: string;
            /** @description Why it failed: `{code, message, remedy?}`. */
            error?: Record<string, unknown> | null;
            /**
             * Format: int64
             * @description Fields of all objects.
             */
            fields: number;
            /**
             * Format: int64
             * @description Of them, done.
             */
            fields_done: number;
            /**
             * Format: date-time
             * @description When it ended.
             */
            finished_at?: string | null;
            /**
             * Format: uuid
             * @description Its id, which is its task's.
             */
            id: string;
            /**
             * Format: int64
             * @description Of these, held to be something.
             */
            mapped: number;
            /**
             * Format: int64
             * @description Objects.
             */
            objects: number;
            /**
             * Format: int64
             * @description Of them, done.
             */
            objects_done: number;
            /** @description `queued`, `in_progress`, `retry_wait`, `success`, `failed`, `cancelled`. */
            state: string;
        };
        /** @description An object of a job. */
        BulkObjectView: {
            /**
             * Format: int64
             * @description Its fields.
             */
            field_count: number;
            /**
             * Format: int64
             * @description Of them, held to be something; null: not done.
             */
            mapped?: number | null;
            /** @description Its name there. */
            object: string;
            /** @description What each is held to be: `[{field, entity, canonical_field, confidence}]`; null: not done. */
            proposals?: Record<string, unknown>[] | null;
            /** @description Where it comes from. */
            source: string;
            /** @description The system, if known. */
            system?: string | null;
        };
        /** @description How the chain is. */
        Chain: {
            /**
             * Format: int64
             * @description The first number that does not fit.
             */
            first_break?: number | null;
            /**
             * Format: int64
             * @description The last number.
             */
            head: number;
            /** @description Its hash. */
            head_hash?: string | null;
            /** @description Whether every entry fits the one before, and none is missing. */
            intact: boolean;
        };
        /** @description What a check of a connection found. */
        CheckReport: {
            /** @description What is wrong and what to do. */
            message?: string | null;
            /** @description Whether the source answers. */
            ok: boolean;
        };
        /** @description The cluster as a tenant's admin sees it. */
        ClusterView: {
            nodes: components["schemas"]["NodeView"][];
            tenants: components["schemas"]["PlaceView"][];
        };
        /** @description What applying a document came to, or would come to. */
        ConfigurationApplied: {
            /** @description What there was to do; empty: the tenant is as the document says. */
            changes: Record<string, unknown>[];
            /** @description Nothing was done; this is what would be. */
            dry_run: boolean;
            /** @description Connections that the document does not name. They stay. */
            left_alone: string[];
            /** @description Secrets that are needed and were not given. */
            secrets: string[];
        };
        /** @description A connection that left Safe Mode. */
        Confirmed: {
            /** @description As it is now. */
            connection: components["schemas"]["ConnectionView"];
            /**
             * Format: uuid
             * @description The sync that reads on; none while the connection is paused or quarantined.
             */
            task_id?: string | null;
        };
        /** @description What may be changed on a connection; absent means unchanged. */
        ConnectionPatch: {
            /** @description New settings, whole; a secret given as `***` keeps its value. */
            config?: Record<string, unknown> | null;
            /** @description New name. */
            name?: string | null;
            /** @description New policy, whole. */
            policy?: Record<string, unknown> | null;
            /** @description What it is now, or the change is refused: Safe Mode is chosen when a connection is made, and left by confirming it. */
            safe_mode?: boolean | null;
        };
        /** @description A connection as its tenant sees it. */
        ConnectionView: {
            /** @description Settings; secrets as `***`. */
            config: Record<string, unknown>;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description Why it is not well, with the remedy. */
            last_error?: string | null;
            /**
             * Format: date-time
             * @description When it last read to the end of its source.
             */
            last_sync_at?: string | null;
            /** @description Its name. */
            name: string;
            /** @description Policy by drift kind. */
            policy?: Record<string, unknown> | null;
            /** @description Whether it is in Safe Mode: read a little, nothing applied by itself, until confirmed. */
            safe_mode: boolean;
            /** @description `pending`, `syncing`, `active`, `drifted`, `paused`, `quarantined`, `failed`. */
            state: string;
            /** @description Its streams; empty until it was read once. */
            streams: components["schemas"]["StreamView"][];
            /** @description `file`, `postgres`, `demo`. */
            type: string;
            /**
             * Format: int64
             * @description Rises with every change; the ETag.
             */
            version: number;
        };
        /** @description A type of source. */
        ConnectorType: {
            /** @description JSON Schema of `config`; secrets are `writeOnly`. */
            spec: Record<string, unknown>;
            /** @description `file`, `postgres`, `demo`. */
            type: string;
        };
        /** @description Who signs in. */
        Credentials: {
            /** @description Address. */
            email: string;
            /** @description Password. */
            password: string;
        };
        /** @description What is to be connected. */
        DclConnect: {
            /** @description Connections by id or name; none named: all that run. */
            sources?: string[];
        };
        /** @description What a connect began. */
        DclConnected: {
            /** @description Syncs of sources that were not read yet. */
            syncs: string[];
            /**
             * Format: uuid
             * @description Ask `GET /api/v1/tasks/{id}` how far it is.
             */
            task_id: string;
        };
        /** @description A row that could not be taken. */
        DeadLetterView: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Stable code. */
            code: string;
            /**
             * Format: uuid
             * @description Connection it came by.
             */
            connection_id: string;
            /** @description Field at fault. */
            field?: string | null;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description File or table, if the stream has several. */
            origin?: string | null;
            /** @description The row as far as it could be read. */
            raw: unknown;
            /** @description One sentence. */
            reason: string;
            /**
             * Format: int64
             * @description Row number in it, from 1.
             */
            row: number;
            /** @description `open` or `replayed`. */
            state: string;
            /** @description Stream it came by. */
            stream: string;
        };
        /** @description A human's answer. */
        Decision: {
            /** @description The answer. */
            decision: components["schemas"]["Verdict"];
            /** @description What to do instead, in the shape of `proposal`; with `edit` only. */
            edit?: unknown;
        };
        /** @description A message to the outside. */
        DeliveryView: {
            /**
             * Format: int64
             * @description How often it was sent since it came up or was last asked for.
             */
            attempts: number;
            /** @description What is sent. */
            body: unknown;
            /** @description `callback` or `slack`. */
            channel: string;
            /**
             * Format: date-time
             * @description When it came up.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it was taken or given up.
             */
            finished_at?: string | null;
            /**
             * Format: uuid
             * @description Its id here.
             */
            id: string;
            /** @description The last sendings: `[{at, ms, status?, answer?, error?}]`. */
            log: Record<string, unknown>[];
            /**
             * Format: date-time
             * @description When it is sent next, if it waits.
             */
            next_at?: string | null;
            /** @description `waiting`, `delivered`, `failed`. */
            state: string;
            /** @description What it is about: `task/<id>`. */
            subject: string;
            /** @description Its id for whoever gets it: `webhook-id`, the same however often it is sent. */
            webhook_id: string;
        };
        /** @description What a demo source is told to do to its schema. */
        DemoDrift: {
            /** @description Fields to start sending. */
            add?: string[];
            /** @description Fields to stop sending. */
            remove?: string[];
            /** @description `{from: to}` fields to rename. */
            rename?: {
                [key: string]: string;
            };
            /** @description `{field: type}` fields whose values change type. */
            retype?: {
                [key: string]: string;
            };
            /** @description Stream; absent: the source's first. */
            stream?: string | null;
        };
        /** @description A field as a caller describes it to the matcher. */
        DescribedField: {
            /** @description Its name in the source. */
            name: string;
            /** @description Values seen. */
            samples?: unknown[];
            /** @description Its type, in any system's words. */
            type?: string | null;
        };
        /** @description An object of a source that need not be connected. */
        DescribedObject: {
            /** @description Its fields. */
            fields: components["schemas"]["DescribedField"][];
            /** @description Its name there. */
            object: string;
            /** @description What the caller calls where it comes from. */
            source?: string | null;
            /** @description `salesforce`, ...; absent: unknown. */
            system?: string | null;
        };
        /** @description Which ones do not matter. */
        Discard: {
            /** @description Ids of dead letters, 1000 at most. */
            ids: string[];
        };
        /** @description How many were discarded. */
        Discarded: {
            /**
             * Format: int64
             * @description Dead letters that were open until now.
             */
            discarded: number;
        };
        /** @description What to look for. */
        DiscoverAssets: {
            /** @description At most so many, 1 to 100; 20 unless said. */
            max_results?: number | null;
            /**
             * Format: double
             * @description At least this likely, 0 to 1; 0.7 unless said.
             */
            min_confidence?: number | null;
            /** @description In words: "opportunities in salesforce". */
            nlp_query: string;
        };
        /** @description What was found. */
        Discovered: {
            /** @description Agents that read what was found. */
            agent_recommendations: Record<string, unknown>[];
            /** @description The likeliest first. */
            entities: components["schemas"]["Asset"][];
            /** @description How many of them were left out. */
            filtered_count: number;
            /**
             * Format: double
             * @description Mean likelihood of those shown.
             */
            overall_confidence: number;
            /**
             * Format: date-time
             * @description When.
             */
            timestamp: string;
            /** @description How many fit at all. */
            total_entities_found: number;
        };
        /** @description A stream as its source describes it. */
        DiscoveredStream: {
            /** @description Digest of its schema. */
            fingerprint: string;
            /** @description Its name. */
            name: string;
            /** @description Its fields, key and cursor. */
            schema: Record<string, unknown>;
        };
        /** @description A detected change of a source's schema. */
        DriftView: {
            /**
             * Format: double
             * @description Confidence of the repair.
             */
            confidence?: number | null;
            /**
             * Format: uuid
             * @description Connection.
             */
            connection_id: string;
            /**
             * Format: date-time
             * @description When the first batch had it.
             */
            detected_at: string;
            /**
             * @description Scores, samples, gates, what it touches. `change` says which way: `widened`, `narrowed`, `changed` of a type, `gained`,
             *     `lost` of values, these with their shares; `options` are ways on, each a proposal to answer its question with.
             */
            evidence: unknown;
            /** @description Field, key or stream before; the field whose values changed. */
            from?: string | null;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /**
             * @description `added`, `removed`, `renamed`, `retyped`, `nesting_changed`, `enum_changed`,
             *     `distribution_changed`, `key_changed`, `cursor_changed`, `stream_added`, `stream_removed`.
             */
            kind: string;
            /**
             * Format: int64
             * @description Version that healed it.
             */
            mapping_after?: number | null;
            /**
             * Format: int64
             * @description Version in force when it was seen.
             */
            mapping_before?: number | null;
            /**
             * Format: date-time
             * @description When it was last decided on.
             */
            resolved_at?: string | null;
            /**
             * Format: uuid
             * @description The question it led to.
             */
            review_id?: string | null;
            /** @description `info`, `warning`, `breaking`. */
            severity: string;
            /** @description `detected`, `review`, `healed`, `quarantined`, `reverted`, `ignored`, `rejected`; `noted`: told, with nothing to decide. */
            state: string;
            /** @description Stream. */
            stream: string;
            /** @description Field, key or stream after; the field and the values it gained or lost, or how its values are spread now. */
            to?: string | null;
        };
        /** @description A page of entities. */
        EntitiesView: {
            /** @description Entities, by id. */
            items: components["schemas"]["EntityView"][];
            /** @description Pass as `cursor` to read on; null at the end. */
            next_cursor?: string | null;
            /**
             * Format: int64
             * @description Position of the log that they reflect.
             */
            position: number;
            /**
             * Format: int64
             * @description How many match.
             */
            total: number;
        };
        /** @description An entity of the canonical model. */
        EntityType: {
            /** @description What it is. */
            description: string;
            /** @description How many fields it has. */
            fields: number;
            /** @description The field that identifies it in its source. */
            id?: string | null;
            /** @description Its name, singular. */
            name: string;
            /** @description Fields that no row may lack, besides the id. */
            required: string[];
            /** @description `$id` of its JSON Schema. */
            schema_id: string;
            /**
             * Format: int32
             * @description Rises with every change of its meaning.
             */
            version: number;
            /** @description The name of its view. */
            view: string;
        };
        /** @description An entity: one real thing, made of records. */
        EntityView: {
            /** @description Its id: given once, and never changed. Any id that it or one of its records ever had leads here. */
            id: string;
            /** @description Its records: in a list their ids, by itself each with its values, its source and whether it is there still. */
            members: unknown[];
            /** @description Why they are one: pairs that were found, each comparison with its level and weight. Only by itself. */
            pairs?: Record<string, unknown>[] | null;
            /**
             * Format: int64
             * @description Position of the log that it reflects.
             */
            position: number;
            /** @description Its golden record, by field. */
            record: Record<string, unknown>;
            /** @description What people said of pairs of its records. Only by itself. */
            said?: Record<string, unknown>[] | null;
            /** @description Which of its records each value comes from, by field. */
            sources: Record<string, unknown>;
        };
        /** @description The end of a tenant. */
        ErasureView: {
            /** Format: date-time */
            asked_at: string;
            asked_by: string;
            /**
             * Format: date-time
             * @description Null while it is under way.
             */
            finished_at?: string | null;
            tenant_id: string;
        };
        /** @description What confirms that a tenant should go. */
        Farewell: {
            /** @description Its name, typed as it is shown. */
            name: string;
        };
        /** @description A file of the tenant's folder. */
        FileView: {
            /**
             * Format: date-time
             * @description When it was last written.
             */
            modified_at?: string | null;
            /** @description Path beneath the tenant's folder. */
            path: string;
            /** @description Digest of the content, hex; absent in listings of files not written through the API. */
            sha256?: string | null;
            /**
             * Format: int64
             * @description Bytes.
             */
            size: number;
        };
        /** @description What somebody says to a finding. */
        FindingPatch: {
            /** @description `accepted`, `dismissed` or `open` again. */
            state: string;
        };
        /** @description A finding of an agent. */
        FindingView: {
            /** @description Agent that found it. */
            agent: string;
            /** @description Check of the agent. */
            check: string;
            /**
             * Format: date-time
             * @description When it was first found.
             */
            created_at: string;
            /** @description Rows it rests on. */
            evidence: unknown;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description What it is worth, with its unit. */
            impact?: unknown;
            /**
             * Format: uuid
             * @description Run that found it.
             */
            run_id?: string | null;
            /** @description `info`, `warning`, `critical`. */
            severity: string;
            /** @description `open`, `accepted`, `dismissed`, `resolved`. */
            state: string;
            /**
             * Format: int64
             * @description In how many runs.
             */
            times_seen: number;
            /** @description One sentence. */
            title: string;
            /**
             * Format: date-time
             * @description When it was last seen.
             */
            updated_at: string;
            /**
             * Format: int64
             * @description Rises with every change.
             */
            version: number;
        };
        /** @description A feature flag and how it stands. */
        FlagView: {
            /** @description What it does. */
            about: string;
            /** @description How it stands when nobody turned it. */
            default: boolean;
            /** @description Whether it is on. */
            enabled: boolean;
            /** @description Its name. */
            name: string;
            /**
             * Format: date-time
             * @description When.
             */
            updated_at?: string | null;
            /** @description Who turned it last. */
            updated_by?: string | null;
        };
        /** @description What flows through the three layers, for a page that was just opened. */
        FlowView: {
            /** @description Latest events of the connectors, oldest first. */
            aam_events: Record<string, unknown>[];
            /** @description Latest events of agents. */
            agent_events: Record<string, unknown>[];
            /** @description Connections and their states. */
            connections: Record<string, unknown>[];
            /** @description Latest events of log and views. */
            dcl_events: Record<string, unknown>[];
            /**
             * Format: int64
             * @description The lowest number that can still be resumed from.
             */
            floor: number;
            /**
             * Format: int64
             * @description Questions that wait for people.
             */
            reviews_pending: number;
            /**
             * Format: int64
             * @description The stream goes on behind this number: `after={seq}`.
             */
            seq: number;
            /**
             * Format: uuid
             * @description Whose.
             */
            tenant_id: string;
            /**
             * Format: date-time
             * @description When this was looked at.
             */
            timestamp: string;
            /** @description How many events these are. */
            total_count: number;
        };
        /** @description What a sign-in gives. */
        Grant: {
            /** @description Send as `Authorization: Bearer`. */
            access_token: string;
            /**
             * Format: int64
             * @description Seconds until the access token ends.
             */
            expires_in: number;
            /** @description Works once, for the next grant. */
            refresh_token: string;
            /** @description Always `Bearer`. */
            token_type: string;
        };
        /** @description One edge. */
        GraphEdge: {
            /** @description `hierarchy`: from a whole to a part; `dataflow`: from what is read to what is made of it. */
            edgeType: string;
            /**
             * Format: int32
             * @description Fields that go along it; of a hierarchy, parts.
             */
            fields: number;
            /**
             * Format: int64
             * @description Rows that go along it.
             */
            rows: number;
            /** @description From. */
            source: string;
            /** @description To. */
            target: string;
        };
        /** @description One node. */
        GraphNode: {
            /** @description Of a column or field: its type. */
            dataType?: string | null;
            /**
             * Format: int32
             * @description Steps from the node that was asked about.
             */
            distance?: number | null;
            /**
             * Format: int64
             * @description Of an agent: its open findings.
             */
            findings?: number | null;
            /** @description Its id, which asks for its neighbourhood. */
            id: string;
            /** @description For people. */
            label: string;
            /** @description `L0` sources, `L1` source entities, `L2` unified, `L3` agents. */
            layer: string;
            /** @description The node that it is a part of. */
            parentId?: string | null;
            /**
             * Format: int64
             * @description Rows in it.
             */
            rows?: number | null;
            /** @description Of a connection: its system. Of a dataset or job: its namespace. */
            sourceSystem?: string | null;
            /** @description How it is. */
            state?: string | null;
            /** @description `source_parent`, `connection`, `source`, `column`, `ontology`, `field`, `agent`; `job` and `dataset` of others. */
            type: string;
            /** @description Of an entity: its view. */
            view?: string | null;
        };
        /** @description A part of the graph. */
        GraphView: {
            /** @description What there is within what was asked, shown or not: nodes by type, and `edges`. */
            counts: Record<string, unknown>;
            /** @description Edges between them. */
            edges: components["schemas"]["GraphEdge"][];
            /** @description Nodes, nearest first; without a node asked about, those that stand for most first. */
            nodes: components["schemas"]["GraphNode"][];
            /**
             * Format: int64
             * @description Log position of the views that the rows were counted in.
             */
            position: number;
            /** @description Whether there is more within what was asked than is shown. */
            truncated: boolean;
        };
        /** @description What a decision about entities came to. */
        IdentityDecided: {
            /** @description The merged entity; or the one that keeps its id, and the new one. */
            entities: string[];
            /**
             * Format: int64
             * @description Views at this position or a later one show it.
             */
            position: number;
            /** @description Where two people are wanted, nothing is done yet: these questions wait for somebody else. */
            reviews?: string[];
        };
        /** @description An invitation. */
        Invitation: {
            /**
             * Format: int64
             * @description Seconds it is good.
             */
            expires_in: number;
            /** @description Send as `invitation` to POST /api/v1/auth/register; works once. */
            invitation: string;
        };
        /** @description Who may join. */
        Invite: {
            /** @description The address they will register with. */
            email: string;
            /** @description `viewer`, `operator`, `admin`. */
            role: string;
        };
        /** @description One page of a list. */
        Items_ActorView: {
            /** @description The items. */
            items: (Record<string, unknown> & {
                /** @description Whether it moves: `healthy`, `stuck`, `recovering`, `down`. */
                health: string;
            })[];
            /** @description Pass as `cursor` to read on; null at the end. */
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Items_AgentView: {
            /** @description The items. */
            items: {
                /** @description `observe`, `propose`, `act`. */
                autonomy: string;
                /** @description Views it reads. */
                entities: string[];
                /** @description `revops`, `finops`. */
                id: string;
                /**
                 * Format: date-time
                 * @description When it last ran.
                 */
                last_run_at?: string | null;
                /** @description How that ended. */
                last_run_state?: string | null;
                /** @description Shown to people. */
                name: string;
                /**
                 * Format: int64
                 * @description Findings open.
                 */
                open_findings: number;
                /** @description What it is for. */
                purpose: string;
            }[];
            /** @description Pass as `cursor` to read on; null at the end. */
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Items_ApiKeyView: {
            /** @description The items. */
            items: {
                /** Format: date-time */
                created_at: string;
                /** Format: date-time */
                expires_at: string;
                /** @description Its first characters. */
                hint: string;
                /** Format: uuid */
                id: string;
                /** Format: date-time */
                last_used_at?: string | null;
                /** @description What it is for. */
                name: string;
                /**
                 * Format: uuid
                 * @description Who made it; it never has more rights than they have.
                 */
                owner_id: string;
                /** Format: date-time */
                revoked_at?: string | null;
                /** @description What it may do. */
                scopes: string[];
            }[];
            /** @description Pass as `cursor` to read on; null at the end. */
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Items_AuditView: {
            /** @description The items. */
            items: {
                /** @description What was done. */
                action: string;
                /** @description By whom. */
                actor: string;
                /** @description As it is, without secrets. */
                after?: Record<string, unknown> | null;
                /**
                 * Format: date-time
                 * @description When.
                 */
                at: string;
                /** @description As it was, without secrets. */
                before?: Record<string, unknown> | null;
                /** @description SHA-256 over this entry and the hash of the one before. */
                hash: string;
                /**
                 * Format: int64
                 * @description Gapless from 1.
                 */
                seq: number;
                /** @description To what. */
                subject: string;
                /** @description The request. */
                trace_id: string;
            }[];
            /** @description Pass as `cursor` to read on; null at the end. */
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Items_BulkMappingView: {
            /** @description The items. */
            items: {
                /**
                 * Format: date-time
                 * @description When it was asked for.
                 */
                created_at: string;
                /** @description Why it failed: `{code, message, remedy?}`. */
                error?: Record<string, unknown> | null;
                /**
                 * Format: int64
                 * @description Fields of all objects.
                 */
                fields: number;
                /**
                 * Format: int64
                 * @description Of them, done.
                 */
                fields_done: number;
                /**
                 * Format: date-time
                 * @description When it ended.
                 */
                finished_at?: string | null;
                /**
                 * Format: uuid
                 * @description Its id, which is its task's.
                 */
                id: string;
                /**
                 * Format: int64
                 * @description Of these, held to be something.
                 */
                mapped: number;
                /**
                 * Format: int64
                 * @description Objects.
                 */
                objects: number;
                /**
                 * Format: int64
                 * @description Of them, done.
                 */
                objects_done: number;
                /** @description `queued`, `in_progress`, `retry_wait`, `success`, `failed`, `cancelled`. */
                state: string;
            }[];
            /** @description Pass as `cursor` to read on; null at the end. */
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Items_BulkObjectView: {
            /** @description The items. */
            items: {
                /**
                 * Format: int64
                 * @description Its fields.
                 */
                field_count: number;
                /**
                 * Format: int64
                 * @description Of them, held to be something; null: not done.
                 */
                mapped?: number | null;
                /** @description Its name there. */
                object: string;
                /** @description What each is held to be: `[{field, entity, canonical_field, confidence}]`; null: not done. */
                proposals?: Record<string, unknown>[] | null;
                /** @description Where it comes from. */
                source: string;
                /** @description The system, if known. */
                system?: string | null;
            }[];
            /** @description Pass as `cursor` to read on; null at the end. */
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Items_ConnectionView: {
            /** @description The items. */
            items: {
                /** @description Settings; secrets as `***`. */
                config: Record<string, unknown>;
                /**
                 * Format: date-time
                 * @description When it was made.
                 */
                created_at: string;
                /**
                 * Format: uuid
                 * @description Its id.
                 */
                id: string;
                /** @description Why it is not well, with the remedy. */
                last_error?: string | null;
                /**
                 * Format: date-time
                 * @description When it last read to the end of its source.
                 */
                last_sync_at?: string | null;
                /** @description Its name. */
                name: string;
                /** @description Policy by drift kind. */
                policy?: Record<string, unknown> | null;
                /** @description Whether it is in Safe Mode: read a little, nothing applied by itself, until confirmed. */
                safe_mode: boolean;
                /** @description `pending`, `syncing`, `active`, `drifted`, `paused`, `quarantined`, `failed`. */
                state: string;
                /** @description Its streams; empty until it was read once. */
                streams: components["schemas"]["StreamView"][];
                /** @description `file`, `postgres`, `demo`. */
                type: string;
                /**
                 * Format: int64
                 * @description Rises with every change; the ETag.
                 */
                version: number;
            }[];
            /** @description Pass as `cursor` to read on; null at the end. */
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Items_ConnectorType: {
            /** @description The items. */
            items: {
                /** @description JSON Schema of `config`; secrets are `writeOnly`. */
                spec: Record<string, unknown>;
                /** @description `file`, `postgres`, `demo`. */
                type: string;
            }[];
            /** @description Pass as `cursor` to read on; null at the end. */
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Items_DeadLetterView: {
            /** @description The items. */
            items: {
                /**
                 * Format: date-time
                 * @description When.
                 */
                at: string;
                /** @description Stable code. */
                code: string;
                /**
                 * Format: uuid
                 * @description Connection it came by.
                 */
                connection_id: string;
                /** @description Field at fault. */
                field?: string | null;
                /**
                 * Format: uuid
                 * @description Its id.
                 */
                id: string;
                /** @description File or table, if the stream has several. */
                origin?: string | null;
                /** @description The row as far as it could be read. */
                raw: unknown;
                /** @description One sentence. */
                reason: string;
                /**
                 * Format: int64
                 * @description Row number in it, from 1.
                 */
                row: number;
                /** @description `open` or `replayed`. */
                state: string;
                /** @description Stream it came by. */
                stream: string;
            }[];
            /** @description Pass as `cursor` to read on; null at the end. */
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Items_DeliveryView: {
            /** @description The items. */
            items: {
                /**
                 * Format: int64
                 * @description How often it was sent since it came up or was last asked for.
                 */
                attempts: number;
                /** @description What is sent. */
                body: unknown;
                /** @description `callback` or `slack`. */
                channel: string;
                /**
                 * Format: date-time
                 * @description When it came up.
                 */
                created_at: string;
                /**
                 * Format: date-time
                 * @description When it was taken or given up.
                 */
                finished_at?: string | null;
                /**
                 * Format: uuid
                 * @description Its id here.
                 */
                id: string;
                /** @description The last sendings: `[{at, ms, status?, answer?, error?}]`. */
                log: Record<string, unknown>[];
                /**
                 * Format: date-time
                 * @description When it is sent next, if it waits.
                 */
                next_at?: string | null;
                /** @description `waiting`, `delivered`, `failed`. */
                state: string;
                /** @description What it is about: `task/<id>`. */
                subject: string;
                /** @description Its id for whoever gets it: `webhook-id`, the same however often it is sent. */
                webhook_id: string;
            }[];
            /** @description Pass as `cursor` to read on; null at the end. */
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Items_DiscoveredStream: {
            /** @description The items. */
            items: {
                /** @description Digest of its schema. */
                fingerprint: string;
                /** @description Its name. */
                name: string;
                /** @description Its fields, key and cursor. */
                schema: Record<string, unknown>;
            }[];
            /** @description Pass as `cursor` to read on; null at the end. */
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Items_DriftView: {
            /** @description The items. */
            items: {
                /**
                 * Format: double
                 * @description Confidence of the repair.
                 */
                confidence?: number | null;
                /**
                 * Format: uuid
                 * @description Connection.
                 */
                connection_id: string;
                /**
                 * Format: date-time
                 * @description When the first batch had it.
                 */
                detected_at: string;
                /**
                 * @description Scores, samples, gates, what it touches. `change` says which way: `widened`, `narrowed`, `changed` of a type, `gained`,
                 *     `lost` of values, these with their shares; `options` are ways on, each a proposal to answer its question with.
                 */
                evidence: unknown;
                /** @description Field, key or stream before; the field whose values changed. */
                from?: string | null;
                /**
                 * Format: uuid
                 * @description Its id.
                 */
                id: string;
                /**
                 * @description `added`, `removed`, `renamed`, `retyped`, `nesting_changed`, `enum_changed`,
                 *     `distribution_changed`, `key_changed`, `cursor_changed`, `stream_added`, `stream_removed`.
                 */
                kind: string;
                /**
                 * Format: int64
                 * @description Version that healed it.
                 */
                mapping_after?: number | null;
                /**
                 * Format: int64
                 * @description Version in force when it was seen.
                 */
                mapping_before?: number | null;
                /**
                 * Format: date-time
                 * @description When it was last decided on.
                 */
                resolved_at?: string | null;
                /**
                 * Format: uuid
                 * @description The question it led to.
                 */
                review_id?: string | null;
                /** @description `info`, `warning`, `breaking`. */
                severity: string;
                /** @description `detected`, `review`, `healed`, `quarantined`, `reverted`, `ignored`, `rejected`; `noted`: told, with nothing to decide. */
                state: string;
                /** @description Stream. */
                stream: string;
                /** @description Field, key or stream after; the field and the values it gained or lost, or how its values are spread now. */
                to?: string | null;
            }[];
            /** @description Pass as `cursor` to read on; null at the end. */
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Items_EntityType: {
            /** @description The items. */
            items: {
                /** @description What it is. */
                description: string;
                /** @description How many fields it has. */
                fields: number;
                /** @description The field that identifies it in its source. */
                id?: string | null;
                /** @description Its name, singular. */
                name: string;
                /** @description Fields that no row may lack, besides the id. */
                required: string[];
                /** @description `$id` of its JSON Schema. */
                schema_id: string;
                /**
                 * Format: int32
                 * @description Rises with every change of its meaning.
                 */
                version: number;
                /** @description The name of its view. */
                view: string;
            }[];
            /** @description Pass as `cursor` to read on; null at the end. */
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Items_ErasureView: {
            /** @description The items. */
            items: {
                /** Format: date-time */
                asked_at: string;
                asked_by: string;
                /**
                 * Format: date-time
                 * @description Null while it is under way.
                 */
                finished_at?: string | null;
                tenant_id: string;
            }[];
            /** @description Pass as `cursor` to read on; null at the end. */
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Items_FileView: {
            /** @description The items. */
            items: {
                /**
                 * Format: date-time
                 * @description When it was last written.
                 */
                modified_at?: string | null;
                /** @description Path beneath the tenant's folder. */
                path: string;
                /** @description Digest of the content, hex; absent in listings of files not written through the API. */
                sha256?: string | null;
                /**
                 * Format: int64
                 * @description Bytes.
                 */
                size: number;
            }[];
            /** @description Pass as `cursor` to read on; null at the end. */
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Items_FindingView: {
            /** @description The items. */
            items: {
                /** @description Agent that found it. */
                agent: string;
                /** @description Check of the agent. */
                check: string;
                /**
                 * Format: date-time
                 * @description When it was first found.
                 */
                created_at: string;
                /** @description Rows it rests on. */
                evidence: unknown;
                /**
                 * Format: uuid
                 * @description Its id.
                 */
                id: string;
                /** @description What it is worth, with its unit. */
                impact?: unknown;
                /**
                 * Format: uuid
                 * @description Run that found it.
                 */
                run_id?: string | null;
                /** @description `info`, `warning`, `critical`. */
                severity: string;
                /** @description `open`, `accepted`, `dismissed`, `resolved`. */
                state: string;
                /**
                 * Format: int64
                 * @description In how many runs.
                 */
                times_seen: number;
                /** @description One sentence. */
                title: string;
                /**
                 * Format: date-time
                 * @description When it was last seen.
                 */
                updated_at: string;
                /**
                 * Format: int64
                 * @description Rises with every change.
                 */
                version: number;
            }[];
            /** @description Pass as `cursor` to read on; null at the end. */
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Items_FlagView: {
            /** @description The items. */
            items: {
                /** @description What it does. */
                about: string;
                /** @description How it stands when nobody turned it. */
                default: boolean;
                /** @description Whether it is on. */
                enabled: boolean;
                /** @description Its name. */
                name: string;
                /**
                 * Format: date-time
                 * @description When.
                 */
                updated_at?: string | null;
                /** @description Who turned it last. */
                updated_by?: string | null;
            }[];
            /** @description Pass as `cursor` to read on; null at the end. */
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Items_MappingRow: {
            /** @description The items. */
            items: {
                /**
                 * Format: double
                 * @description How sure its author was.
                 */
                confidence: number;
                /** @description Canonical entity. */
                entity: string;
                /** @description Canonical field. */
                field: string;
                /** @description `human`, `rule`, `model`, `imported`. */
                origin: string;
                /** @description Source field. */
                source_path: string;
                /** @description Stream the rule belongs to. */
                stream: string;
                /** @description Transform beyond the cast. */
                transform?: unknown;
                /**
                 * Format: int64
                 * @description Version of the stream's rules.
                 */
                version: number;
            }[];
            /** @description Pass as `cursor` to read on; null at the end. */
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Items_MappingVersionView: {
            /** @description The items. */
            items: {
                /** @description Who adopted it. */
                author: string;
                /**
                 * Format: date-time
                 * @description When.
                 */
                created_at: string;
                /** @description Canonical entity. */
                entity: string;
                /**
                 * Format: int64
                 * @description Log position of the stream's first record it holds for.
                 */
                from_seq: number;
                /** @description Source fields that identify a record. */
                key: string[];
                /** @description Source field that orders states of a record. */
                order_by?: string | null;
                /** @description `human`, `rule`, `model`, `imported`. */
                origin: string;
                /** @description Why, for people. */
                reason?: string | null;
                /** @description Its rules. */
                rules: components["schemas"]["MappingRow"][];
                /** @description `active`, `superseded`, `reverted`. */
                state: string;
                /** @description The stream. */
                stream: string;
                /**
                 * Format: int64
                 * @description Version, from 1.
                 */
                version: number;
            }[];
            /** @description Pass as `cursor` to read on; null at the end. */
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Items_PlaybookRunView: {
            /** @description The items. */
            items: {
                /**
                 * Format: date-time
                 * @description When it began.
                 */
                created_at: string;
                /** @description Who asked. */
                created_by: string;
                /** @description Why it failed. */
                error?: string | null;
                /**
                 * Format: date-time
                 * @description When it ended.
                 */
                finished_at?: string | null;
                /**
                 * Format: uuid
                 * @description Its id.
                 */
                id: string;
                /** @description Name of its playbook. */
                playbook: string;
                /** @description `in_progress`, `success`, `failed`, `cancelled`. */
                state: string;
                /** @description Its steps; left out of lists. */
                steps: components["schemas"]["PlaybookStepView"][];
            }[];
            /** @description Pass as `cursor` to read on; null at the end. */
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Items_PlaybookView: {
            /** @description The items. */
            items: {
                /**
                 * Format: date-time
                 * @description When it was made.
                 */
                created_at: string;
                /** @description Who made it. */
                created_by: string;
                /** @description As it was written. */
                document: string;
                /**
                 * Format: uuid
                 * @description Its id.
                 */
                id: string;
                /** @description Its name. */
                name: string;
                /**
                 * Format: date-time
                 * @description When it was last edited.
                 */
                updated_at: string;
                /**
                 * Format: int64
                 * @description Rises with every edit.
                 */
                version: number;
            }[];
            /** @description Pass as `cursor` to read on; null at the end. */
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Items_ProposedMapping: {
            /** @description The items. */
            items: {
                /** @description Canonical field. */
                canonical_field?: string | null;
                /**
                 * Format: double
                 * @description Calibrated.
                 */
                confidence: number;
                /** @description Canonical entity. */
                entity?: string | null;
                /** @description The source field. */
                field: string;
                /** @description Why, a phrase a feature. */
                reasons: string[];
            }[];
            /** @description Pass as `cursor` to read on; null at the end. */
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Items_ProposedRepair: {
            /** @description The items. */
            items: {
                /**
                 * Format: double
                 * @description Calibrated.
                 */
                confidence: number;
                /** @description Field before; several where they were merged. */
                from: unknown;
                /** @description `renamed`, `added`, `removed`, `retyped`, `split`, `merged`. */
                kind: string;
                /** @description Why, a phrase a feature. */
                reasons: string[];
                /** @description Field after; several where one was split. */
                to: unknown;
            }[];
            /** @description Pass as `cursor` to read on; null at the end. */
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Items_QuestionView: {
            /** @description The items. */
            items: {
                /**
                 * Format: date-time
                 * @description When it was made.
                 */
                created_at: string;
                /** @description Who made it. */
                created_by: string;
                /**
                 * Format: uuid
                 * @description Its id.
                 */
                id: string;
                /** @description Its name. */
                name: string;
                /** @description What it asks, if in SQL. */
                sql?: string | null;
                structured?: components["schemas"]["StructuredQuery"] | null;
                /**
                 * Format: date-time
                 * @description When it was last edited.
                 */
                updated_at: string;
                /**
                 * Format: int64
                 * @description Rises with every edit.
                 */
                version: number;
            }[];
            /** @description Pass as `cursor` to read on; null at the end. */
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Items_ReviewView: {
            /** @description The items. */
            items: {
                /**
                 * Format: double
                 * @description Calibrated.
                 */
                confidence?: number | null;
                /**
                 * Format: date-time
                 * @description When it was asked.
                 */
                created_at: string;
                /**
                 * Format: date-time
                 * @description When.
                 */
                decided_at?: string | null;
                /** @description Who decided. */
                decided_by?: string | null;
                /** @description Why: scores, samples replayed, gates. */
                evidence: unknown;
                /**
                 * Format: date-time
                 * @description When it lapses.
                 */
                expires_at?: string | null;
                /**
                 * Format: uuid
                 * @description Its id.
                 */
                id: string;
                /** @description What is proposed. */
                proposal: Record<string, unknown>;
                /**
                 * Format: uuid
                 * @description The person behind the proposal as it stands; null: a part of the platform.
                 */
                proposed_by?: string | null;
                /** @description `pending`, `approved`, `edited`, `rejected`, `snoozed`, `expired`. */
                state: string;
                /** @description What it is about: connection, stream, field, drift. */
                subject: Record<string, unknown>;
                /** @description `drift`, `mapping`, `merge`, `agent_action`. */
                type: string;
                /**
                 * Format: int64
                 * @description For If-Match.
                 */
                version: number;
            }[];
            /** @description Pass as `cursor` to read on; null at the end. */
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Items_ScheduleView: {
            /** @description The items. */
            items: {
                /**
                 * Format: date-time
                 * @description When it was made.
                 */
                created_at: string;
                /** @description Who made it. */
                created_by: string;
                /**
                 * Format: uuid
                 * @description Its id.
                 */
                id: string;
                /** @description Why the last time made none. */
                last_error?: string | null;
                /**
                 * Format: date-time
                 * @description When it was set off last.
                 */
                last_run_at?: string | null;
                /**
                 * Format: uuid
                 * @description The task it made last.
                 */
                last_task_id?: string | null;
                /** @description What becomes of times that were missed. */
                missed: string;
                /** @description Its name. */
                name: string;
                /**
                 * Format: date-time
                 * @description When it is next; null while it is paused, or until something happens.
                 */
                next_run_at?: string | null;
                /** @description That and the times after it. */
                next_runs: string[];
                /** @description Whether it waits to be resumed. */
                paused: boolean;
                /** @description What it does. */
                task: components["schemas"]["Work"];
                /** @description What sets it off. */
                trigger: components["schemas"]["Said"];
                /**
                 * Format: date-time
                 * @description When it was last edited.
                 */
                updated_at: string;
                /**
                 * Format: int64
                 * @description Rises with every edit.
                 */
                version: number;
            }[];
            /** @description Pass as `cursor` to read on; null at the end. */
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Items_SessionView: {
            /** @description The items. */
            items: {
                /** Format: date-time */
                created_at: string;
                current: boolean;
                /** Format: date-time */
                expires_at: string;
                /** Format: uuid */
                id: string;
                /** Format: date-time */
                last_used_at: string;
                user_agent?: string | null;
            }[];
            /** @description Pass as `cursor` to read on; null at the end. */
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Items_SigningSecretView: {
            /** @description The items. */
            items: {
                /**
                 * Format: uuid
                 * @description Its id.
                 */
                id: string;
                /**
                 * Format: date-time
                 * @description When it was made.
                 */
                made_at: string;
                /**
                 * Format: date-time
                 * @description When it ceases to sign; null: it is in force.
                 */
                retires_at?: string | null;
                /** @description Itself: `whsec_...`. */
                secret: string;
            }[];
            /** @description Pass as `cursor` to read on; null at the end. */
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Items_TaskLineView: {
            /** @description The items. */
            items: {
                /**
                 * Format: date-time
                 * @description When.
                 */
                at: string;
                /**
                 * Format: int64
                 * @description In which attempt; 0: in none.
                 */
                attempt: number;
                /** @description What else there is to say. */
                data?: unknown;
                /** @description `info`, `warn`, `error`. */
                level: string;
                /** @description In a sentence. */
                message: string;
                /**
                 * Format: int64
                 * @description Its number, from 1. The last 500 are kept; what is missing before the first was let go.
                 */
                n: number;
            }[];
            /** @description Pass as `cursor` to read on; null at the end. */
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Items_TaskView: {
            /** @description The items. */
            items: {
                /**
                 * Format: int64
                 * @description Attempts begun, without those that a process did not live to see the end of.
                 */
                attempts: number;
                /** @description Somebody asked it to stop while it ran; it does within two seconds. */
                cancel_requested: boolean;
                /**
                 * Format: uuid
                 * @description The connection it works on.
                 */
                connection_id?: string | null;
                /**
                 * Format: date-time
                 * @description When it was asked for.
                 */
                created_at: string;
                /** @description Who asked. */
                created_by: string;
                /** @description Why it failed: `{code, message, remedy?}`. */
                error?: Record<string, unknown> | null;
                /**
                 * Format: date-time
                 * @description When it ended.
                 */
                finished_at?: string | null;
                /**
                 * Format: uuid
                 * @description Its id.
                 */
                id: string;
                /** @description Its kind. */
                kind: string;
                /**
                 * Format: int64
                 * @description Times a process ended while it ran. After more than `tenant.poison_after` of them it is parked as failed, with the
                 *     code `task.poison`.
                 */
                losses: number;
                /**
                 * Format: int64
                 * @description Attempts allowed.
                 */
                max_attempts: number;
                /** @description What its kind needs. */
                payload: unknown;
                /** @description What is known of how far it is: `{rows, rejected, ...}`. */
                progress: Record<string, unknown>;
                /** @description What it came to. */
                result?: unknown;
                /**
                 * Format: date-time
                 * @description Not before; while it waits for its next attempt, when that is.
                 */
                run_at: string;
                /**
                 * Format: date-time
                 * @description When the last attempt began.
                 */
                started_at?: string | null;
                /** @description `queued`, `in_progress`, `retry_wait`, `success`, `failed`, `cancelled`. */
                state: string;
            }[];
            /** @description Pass as `cursor` to read on; null at the end. */
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Items_TenantRow: {
            /** @description The items. */
            items: {
                /** Format: date-time */
                created_at: string;
                held: boolean;
                id: string;
                name: string;
                /** @description `active`, `suspended`, `deleting`. */
                state: string;
                /** Format: int64 */
                version: number;
            }[];
            /** @description Pass as `cursor` to read on; null at the end. */
            next_cursor?: string | null;
        };
        /** @description One page of a list. */
        Items_UserView: {
            /** @description The items. */
            items: {
                /** Format: date-time */
                created_at: string;
                email: string;
                /** Format: uuid */
                id: string;
                /** Format: date-time */
                last_login_at?: string | null;
                name: string;
                /** @description `viewer`, `operator`, `admin`. */
                role: string;
                /** @description `active`, `disabled`. */
                state: string;
                /**
                 * Format: int64
                 * @description For If-Match.
                 */
                version: number;
            }[];
            /** @description Pass as `cursor` to read on; null at the end. */
            next_cursor?: string | null;
        };
        /** @description One step of a journey. */
        JourneyStep: {
            /**
             * Format: date-time
             * @description When.
             */
            at?: string | null;
            /** @description What there is to say. */
            data: Record<string, unknown>;
            /** @description `aam`, `dcl` or `agent`. */
            layer: string;
            /** @description `normalized`, `stored`, `merged`, `finding`. */
            step: string;
        };
        /** @description Where one entity came from and who used it. */
        JourneyView: {
            /** @description Its id. */
            id: string;
            /**
             * Format: int64
             * @description Position of the log that this reflects.
             */
            position: number;
            /**
             * Format: int64
             * @description Later events follow behind this number of the live stream.
             */
            seq: number;
            /** @description What happened to it, oldest first. */
            steps: components["schemas"]["JourneyStep"][];
            /** @description Whether there is more than is shown. */
            truncated: boolean;
            /** @description Its view. */
            view: string;
        };
        /** @description What the rows say of a start of a node of a cluster. */
        LeaseView: {
            /** @description Where other nodes reach it. */
            address: string;
            /**
             * Format: int64
             * @description How long ago it joined, in seconds.
             */
            age_seconds: number;
            /** @description This start of its process. */
            incarnation: string;
            /**
             * Format: int64
             * @description What is left of its lease, in milliseconds.
             */
            lease_ms: number;
            /** @description Tenants of it that are wanted elsewhere. */
            leaving: number;
            /** @description Tenants that it owns. */
            owns: number;
            /** @description Whether it is the one that places tenants. */
            places: boolean;
            /**
             * Format: int32
             * @description Its share of the tenants, relative to that of others.
             */
            weight: number;
        };
        /** @description Upper bounds; 0 is none. */
        Limits: {
            /**
             * Format: int64
             * @description Connections.
             */
            connections: number;
            /**
             * Format: int64
             * @description Bytes of uploaded files together.
             */
            file_bytes: number;
            /**
             * Format: int64
             * @description Rows ever taken into the log.
             */
            rows: number;
            /**
             * Format: int64
             * @description People.
             */
            users: number;
        };
        /** @description A node with what is beneath it. */
        LineageBranch: {
            /** @description Those that are shown. */
            children: components["schemas"]["LineageBranch"][];
            /** @description How many it has beneath it, shown or not. */
            more: number;
            /** @description The node. */
            node: components["schemas"]["GraphNode"];
        };
        /** @description A RunEvent, JobEvent or DatasetEvent of OpenLineage 1.x. What is inside a run, a job or a dataset may hold any facets. */
        LineageEvent: {
            /** @description `{namespace, name, facets?}`, of a DatasetEvent. */
            dataset?: Record<string, unknown> | null;
            /**
             * Format: date-time
             * @description When it happened.
             */
            eventTime?: string | null;
            /** @description `START`, `RUNNING`, `COMPLETE`, `ABORT`, `FAIL` or `OTHER`, of a run. */
            eventType?: string | null;
            /** @description Datasets that are read. */
            inputs?: Record<string, unknown>[] | null;
            /** @description `{namespace, name, facets?}`. */
            job?: Record<string, unknown> | null;
            /** @description Datasets that are written. */
            outputs?: Record<string, unknown>[] | null;
            /** @description Who says so. */
            producer?: string | null;
            /** @description `{runId, facets?}`. */
            run?: Record<string, unknown> | null;
            /** @description The schema that the event keeps to. */
            schemaURL?: string | null;
        };
        /** @description Nodes found by name. */
        LineageFound: {
            /** @description The best first. */
            items: components["schemas"]["GraphNode"][];
            /** @description Nothing fits; these names come nearest. */
            nearest: boolean;
            /** @description How many fit. */
            total: number;
        };
        /** @description A page of lines. */
        LineageGrid: {
            /** @description The lines. */
            items: components["schemas"]["LineageLine"][];
            /** @description Pass as `cursor` to read on; null at the end. */
            next_cursor?: string | null;
            /**
             * Format: int64
             * @description Log position of the views.
             */
            position: number;
            /** @description Lines that fit. */
            total: number;
        };
        /** @description What a change of a node touches. */
        LineageImpact: {
            /** @description Agents that read such a field, with their checks that do. */
            agents: components["schemas"]["AgentTouched"][];
            /** @description Columns. */
            columns: components["schemas"]["GraphNode"][];
            /** @description Fields of entities. */
            fields: components["schemas"]["GraphNode"][];
            /** @description Jobs and datasets of others. */
            foreign: components["schemas"]["GraphNode"][];
            /** @description The node. */
            node: components["schemas"]["GraphNode"];
            /** @description What people keep that rests on it. */
            saved: components["schemas"]["SavedTouched"][];
            /** @description Entities whose views hold such a field, with their rows. */
            views: components["schemas"]["GraphNode"][];
        };
        /** @description One rule in force, from source to reader. */
        LineageLine: {
            /** @description Agents whose queries name the field. */
            agents: string[];
            /** @description The column; empty: the rule gives a constant. */
            column: string;
            /**
             * Format: double
             * @description How sure the rule's author was.
             */
            confidence: number;
            /**
             * Format: uuid
             * @description The connection.
             */
            connection_id: string;
            /** @description Canonical entity. */
            entity: string;
            /** @description Canonical field. */
            field: string;
            /** @description Node of the column; of its stream, where the rule reads none. */
            node: string;
            /** @description `human`, `rule`, `model`, `imported`. */
            origin: string;
            /**
             * Format: int64
             * @description Rows of the stream in the view.
             */
            rows: number;
            /**
             * Format: date-time
             * @description When the stream was last read to its end.
             */
            seen_at?: string | null;
            /** @description Its name. */
            source: string;
            /** @description The stream. */
            stream: string;
            /** @description Node of the field. */
            target: string;
            /** @description What it goes through besides the cast. */
            transform?: string | null;
            /**
             * Format: int64
             * @description Version of the stream's rules.
             */
            version: number;
            /** @description The view that holds it. */
            view: string;
        };
        /** @description What was kept of an event of OpenLineage. */
        LineageTaken: {
            /** @description Datasets that it named. */
            datasets: number;
            /** @description Node of its job; null: it was of a dataset. */
            job?: string | null;
        };
        /** @description A tree of lineage. */
        LineageTree: {
            /** @description The node asked about; all sources, or all agents, where none was. */
            items: components["schemas"]["LineageBranch"][];
            /**
             * Format: int64
             * @description Log position of the views.
             */
            position: number;
            /** @description Whether something was left out for want of room. */
            truncated: boolean;
        };
        /** @description The link's token. */
        Link: {
            /** @description What stands behind `#link=`. */
            token: string;
        };
        /** @description A key and what it opens with. */
        MadeKey: {
            /** @description What is kept of it. */
            api_key: components["schemas"]["ApiKeyView"];
            /** @description Send as `Authorization: Bearer` or `X-API-Key`. It is not shown again. */
            key: string;
        };
        /** @description A tenant that was made. */
        MadeTenant: {
            /**
             * Format: int64
             * @description Seconds it is good.
             */
            expires_in: number;
            id: string;
            /** @description For the first admin: send as `invitation` to POST /api/v1/auth/register; works once. */
            invitation: string;
            name: string;
        };
        /** @description Many pieces of work, asked for together: all of them, or none. */
        ManyTasks: {
            /** @description 10,000 at most; they begin in this order. */
            tasks: components["schemas"]["NewTask"][];
        };
        /** @description New rules of one stream, whole. */
        MappingEdit: {
            /** @description Canonical entity. */
            entity: string;
            /** @description Source fields that identify a record; absent keeps the present ones. */
            key?: string[] | null;
            /** @description Source field that orders states of a record; absent keeps the present one. */
            order_by?: string | null;
            /** @description All rules. */
            rules: components["schemas"]["RuleEdit"][];
            /** @description The stream. */
            stream: string;
            /**
             * Format: int64
             * @description Version this edit was made from; absent: whatever is in force.
             */
            version?: number | null;
        };
        /** @description One rule in force. */
        MappingRow: {
            /**
             * Format: double
             * @description How sure its author was.
             */
            confidence: number;
            /** @description Canonical entity. */
            entity: string;
            /** @description Canonical field. */
            field: string;
            /** @description `human`, `rule`, `model`, `imported`. */
            origin: string;
            /** @description Source field. */
            source_path: string;
            /** @description Stream the rule belongs to. */
            stream: string;
            /** @description Transform beyond the cast. */
            transform?: unknown;
            /**
             * Format: int64
             * @description Version of the stream's rules.
             */
            version: number;
        };
        /** @description What rules that are not in force yet would make of the source's first rows. */
        MappingTrial: {
            /** @description Rows that would be refused. */
            refused: components["schemas"]["TrialRefusal"][];
            /** @description Rows as they would be, canonical field to value. */
            rows: Record<string, unknown>[];
            /** @description Rows tried. */
            tried: number;
        };
        /** @description One version of a stream's rules. */
        MappingVersionView: {
            /** @description Who adopted it. */
            author: string;
            /**
             * Format: date-time
             * @description When.
             */
            created_at: string;
            /** @description Canonical entity. */
            entity: string;
            /**
             * Format: int64
             * @description Log position of the stream's first record it holds for.
             */
            from_seq: number;
            /** @description Source fields that identify a record. */
            key: string[];
            /** @description Source field that orders states of a record. */
            order_by?: string | null;
            /** @description `human`, `rule`, `model`, `imported`. */
            origin: string;
            /** @description Why, for people. */
            reason?: string | null;
            /** @description Its rules. */
            rules: components["schemas"]["MappingRow"][];
            /** @description `active`, `superseded`, `reverted`. */
            state: string;
            /** @description The stream. */
            stream: string;
            /**
             * Format: int64
             * @description Version, from 1.
             */
            version: number;
        };
        /** @description A person and their tenant. */
        Me: {
            email: string;
            /** Format: uuid */
            id: string;
            name: string;
            role: string;
            tenant: components["schemas"]["MyTenant"];
        };
        /** @description Entities that are one. */
        MergeEntities: {
            /** @description Ids of two or more; any id that ever led to one of them will do. */
            ids: string[];
            /** @description Why, for people. */
            reason?: string | null;
        };
        /** @description Why records are one. */
        MergeWhy: {
            /** @description The decisions that the pairs were written down with: `{position, at, by, reason, model}`. */
            decisions: Record<string, unknown>[];
            /** @description The records: `{id, live, since, source, record}`. */
            members: Record<string, unknown>[];
            /** @description Pairs with the evidence of each comparison. */
            pairs: Record<string, unknown>[];
            /** @description What people said of pairs. */
            said: Record<string, unknown>[];
        };
        /** @description Calls of one day, purpose and model. */
        ModelUseRow: {
            /**
             * Format: int64
             * @description Calls, those that came to nothing with them.
             */
            calls: number;
            /**
             * Format: double
             * @description By the prices in the settings of the node at the time.
             */
            cost: number;
            /**
             * Format: date
             * @description The day, in UTC.
             */
            day: string;
            /**
             * Format: int64
             * @description Those that came to nothing.
             */
            failed: number;
            /**
             * Format: int64
             * @description Tokens of questions.
             */
            input_tokens: number;
            /** @description Which model. */
            model: string;
            /**
             * Format: int64
             * @description Tokens of answers.
             */
            output_tokens: number;
            /** @description What for: `repair`. */
            purpose: string;
        };
        /** @description What language models took. */
        ModelUseView: {
            /** @description Latest first. */
            items: components["schemas"]["ModelUseRow"][];
            /** @description The model that is asked now; none: none is configured. */
            model?: string | null;
            /**
             * Format: int64
             * @description Tokens the tenant may use a day; 0: no limit.
             */
            tokens_per_day: number;
            /**
             * Format: int64
             * @description Tokens used today.
             */
            tokens_today: number;
        };
        /** @description From when on a tenant was owned so. */
        MoveView: {
            /** Format: date-time */
            at: string;
            /** Format: int64 */
            epoch: number;
            node: string;
        };
        /** @description The tenant. */
        MyTenant: {
            /** Format: uuid */
            id: string;
            name: string;
            state: string;
        };
        /** @description What a mapping job is made from: connections by name (all that there are, unless said), or objects as they are described. */
        NewBulkMapping: {
            /** @description Told when it ends, by a signed message. */
            callback_url?: string | null;
            /** @description Connections whose streams are mapped, as they were last seen. */
            connections?: string[] | null;
            /** @description Objects instead. */
            objects?: components["schemas"]["DescribedObject"][] | null;
        };
        /** @description What a connection is made from. */
        NewConnection: {
            /** @description Settings of that type; secrets inside are sealed. */
            config: Record<string, unknown>;
            /** @description Shown to people; unique within the tenant. */
            name: string;
            /** @description Drift kind to `propagate`, `propose`, `quarantine` or `stop`; what is not named keeps the default. */
            policy?: Record<string, unknown> | null;
            /**
             * @description Begin in Safe Mode: of each stream no more rows are read than `connector.safe_mode_rows`, and no repair is applied
             *     by itself, until the connection is confirmed.
             */
            safe_mode?: boolean;
            /** @description `file`, `postgres`, `demo`. */
            type: string;
        };
        /** @description A key to be. */
        NewKey: {
            /**
             * Format: int32
             * @description Days it is good; 90 unless said, 366 at most.
             */
            expires_in_days?: number | null;
            /** @description What it is for. */
            name: string;
            /** @description `read`, `write`, `admin`, alone or for an area: `connections:write`. */
            scopes: string[];
        };
        /** @description What a playbook is made from. */
        NewPlaybook: {
            /** @description YAML: `version: 1` and `steps`, each with `name`, `task`, `with`, and perhaps `attempts`, `needs`, `when`, `may_fail`. */
            document: string;
            /** @description Unique in the tenant. */
            name: string;
        };
        /** @description What a question is made from: one of `sql` and `structured`. */
        NewQuestion: {
            /** @description Unique in the tenant. */
            name: string;
            /** @description One SELECT over the views. */
            sql?: string | null;
            structured?: components["schemas"]["StructuredQuery"] | null;
        };
        /** @description What a schedule is made from. */
        NewSchedule: {
            /** @description What becomes of times at which nobody was there: `skip`, `once` (one run for all of them), `all`. `once` unless said. */
            missed?: string | null;
            /** @description Unique in the tenant. */
            name: string;
            /** @description Whether it waits to be resumed. */
            paused?: boolean;
            /** @description What it does. */
            task: components["schemas"]["Work"];
            /** @description What sets it off: one of `cron`, `every_seconds` and `after`. */
            trigger: components["schemas"]["Said"];
        };
        /** @description A piece of work to be done. */
        NewTask: {
            /** @description Told when it ends, by a signed message (Standard Webhooks): a public `https://` address. */
            callback_url?: string | null;
            /**
             * @description `noop`, for measuring; `wait`, which takes a slot for as long as it says (`{"ms": 500}`). `sync`, `rebuild` and others
             *     are made by their own routes.
             */
            kind: string;
            /**
             * Format: int32
             * @description At most this many attempts.
             */
            max_attempts?: number | null;
            /** @description What the kind needs. */
            payload?: unknown;
        };
        /** @description A tenant to be. */
        NewTenant: {
            /** @description Address of its first admin. */
            admin_email: string;
            /** @description Name people see. */
            name: string;
        };
        /** @description A few rows of a node. */
        NodePreview: {
            /** @description The node. */
            node: components["schemas"]["GraphNode"];
            /**
             * Format: int64
             * @description Log position that they reflect.
             */
            position: number;
            /** @description Its rows: of an entity as its view shows them; of a stream those of the view that come from it. */
            rows: Record<string, unknown>[];
            /**
             * Format: int64
             * @description Rows there are.
             */
            total: number;
        };
        /** @description A node; of one that is alone only who it is. */
        NodeView: {
            /** @description Whether it is the one that answers. */
            here: boolean;
            id: string;
            lease?: components["schemas"]["LeaseView"] | null;
            /** @description `ready`, `late` (it missed a renewal), `expired` (its lease ran out and nobody acted on it yet), `draining`, `left`, `dead`. */
            state: string;
            version: string;
        };
        /** @description How sources, views and agents of a tenant are. */
        OrchestraView: {
            /** @description Agents. */
            agents: components["schemas"]["AgentView"][];
            /** @description The last run. */
            run: components["schemas"]["PipelineView"];
            /**
             * Format: int32
             * @description Tasks of the tenant that run at once.
             */
            running_limit: number;
            /** @description Connections and their states. */
            sources: Record<string, unknown>[];
            /** @description Of the last run: `idle`, `running`, `success`, `failed`. */
            state: string;
            /** @description Tasks that are not done, by state. */
            tasks: Record<string, unknown>;
            /** @description The views, as `GET /api/v1/dcl/state` says. */
            views: Record<string, unknown>;
        };
        /** @description What a source had sent. */
        OriginalValue: {
            /** @description `sent`: as the source sent it; `cast`: as the cast left it, which is what the log keeps of a column that a rule reads. */
            form: string;
            /** @description The value. */
            value: unknown;
        };
        /** @description Parts. */
        Parts: {
            store: string;
            tenants: string;
        };
        /** @description The change. */
        PasswordChange: {
            /** @description The password in force. */
            current: string;
            /** @description The new one. */
            password: string;
        };
        /** @description A run through all layers and how far it is. */
        PipelineView: {
            /** @description Whether connectors read at all (`USE_AAM_AS_SOURCE`). */
            aam_enabled: boolean;
            /** @description `AOD_DISCOVERY`, `AAM_ONBOARDING`, `DCL_INTELLIGENCE`, `AGENT_EXECUTION`, in this order. */
            stages: components["schemas"]["StageView"][];
            /**
             * Format: date-time
             * @description When it was started.
             */
            started_at?: string | null;
            /** @description `idle` (none was started), `running`, `success`, `failed`. */
            state: string;
        };
        /** @description Where a tenant runs. */
        PlaceView: {
            /** Format: int64 */
            epoch: number;
            /**
             * Format: int64
             * @description Entries of the log that its views do not have yet; where another node answers than its own, that is not known.
             */
            lag?: number | null;
            /** @description Its last owners, the latest first. */
            moves: components["schemas"]["MoveView"][];
            /** @description The node that it is on its way to. */
            moving_to?: string | null;
            node: string;
            /** @description As the tenant's life has it, or `suspended` when its actors were stopped on this node. */
            state: string;
            /** @description Why its actors were stopped, since when, and when they start again. */
            suspension?: Record<string, unknown> | null;
            tenant_id: string;
        };
        /** @description A run. */
        PlaybookRunView: {
            /**
             * Format: date-time
             * @description When it began.
             */
            created_at: string;
            /** @description Who asked. */
            created_by: string;
            /** @description Why it failed. */
            error?: string | null;
            /**
             * Format: date-time
             * @description When it ended.
             */
            finished_at?: string | null;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description Name of its playbook. */
            playbook: string;
            /** @description `in_progress`, `success`, `failed`, `cancelled`. */
            state: string;
            /** @description Its steps; left out of lists. */
            steps: components["schemas"]["PlaybookStepView"][];
        };
        /** @description A step of a run. */
        PlaybookStepView: {
            /** @description Why it failed: `{code, message, remedy?}`. */
            error?: Record<string, unknown> | null;
            /**
             * Format: date-time
             * @description When it ended.
             */
            finished_at?: string | null;
            /** @description Its name. */
            name: string;
            /** @description What came out. */
            result?: unknown;
            /**
             * Format: date-time
             * @description When it began.
             */
            started_at?: string | null;
            /** @description `waiting`, `in_progress`, `success`, `failed`, `skipped`. */
            state: string;
            /**
             * Format: uuid
             * @description Its task.
             */
            task_id?: string | null;
        };
        /** @description A playbook. */
        PlaybookView: {
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /** @description Who made it. */
            created_by: string;
            /** @description As it was written. */
            document: string;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description Its name. */
            name: string;
            /**
             * Format: date-time
             * @description When it was last edited.
             */
            updated_at: string;
            /**
             * Format: int64
             * @description Rises with every edit.
             */
            version: number;
        };
        /** @description A field at fault. */
        PointedSchema: {
            /** @description What is wrong with it. */
            detail: string;
            /** @description JSON pointer, or the name of a parameter. */
            pointer: string;
        };
        /** @description A few rows of a stream as the source holds them. */
        Preview: {
            /** @description Column names. */
            columns: string[];
            /** @description Rows, a value a column. */
            rows: unknown[][];
            /** @description The stream. */
            stream: string;
        };
        /** @description The problem document, as the OpenAPI document describes it. */
        Problem: {
            /** @description Stable; scripts may match on it. */
            code: string;
            /** @description What went wrong, for the person who asked. */
            detail: string;
            /** @description Fields at fault, if there are any. */
            errors?: components["schemas"]["PointedSchema"][] | null;
            /** @description The path that was asked. */
            instance: string;
            /** @description What to do. */
            remedy?: string | null;
            /** @description Whether the same call may succeed later. */
            retryable: boolean;
            /**
             * Format: int32
             * @description The status.
             */
            status: number;
            /** @description The status in words. */
            title: string;
            /** @description Quote it when you ask for help. */
            trace_id: string;
            /** @description Where the codes are explained. */
            type: string;
        };
        /** @description What one field should feed; nulls mean nothing. */
        ProposedMapping: {
            /** @description Canonical field. */
            canonical_field?: string | null;
            /**
             * Format: double
             * @description Calibrated.
             */
            confidence: number;
            /** @description Canonical entity. */
            entity?: string | null;
            /** @description The source field. */
            field: string;
            /** @description Why, a phrase a feature. */
            reasons: string[];
        };
        /** @description One change between two states. */
        ProposedRepair: {
            /**
             * Format: double
             * @description Calibrated.
             */
            confidence: number;
            /** @description Field before; several where they were merged. */
            from: unknown;
            /** @description `renamed`, `added`, `removed`, `retyped`, `split`, `merged`. */
            kind: string;
            /** @description Why, a phrase a feature. */
            reasons: string[];
            /** @description Field after; several where one was split. */
            to: unknown;
        };
        /** @description An object whose mapping is asked for. */
        ProposeMapping: {
            /** @description Its fields. */
            fields: components["schemas"]["DescribedField"][];
            /** @description The object's name. */
            object: string;
            /** @description `salesforce`, ...; absent: unknown. */
            system?: string | null;
        };
        /** @description Two states of an object whose difference is asked for. */
        ProposeRepair: {
            /** @description Fields after. */
            after: components["schemas"]["DescribedField"][];
            /** @description Fields before. */
            before: components["schemas"]["DescribedField"][];
            /** @description The object's name. */
            object: string;
            /** @description `salesforce`, ...; absent: unknown. */
            system?: string | null;
        };
        /** @description What may be changed on a question; absent means unchanged. */
        QuestionPatch: {
            /** @description Another name. */
            name?: string | null;
            /** @description Asks this instead. */
            sql?: string | null;
            structured?: components["schemas"]["StructuredQuery"] | null;
        };
        /** @description A question. */
        QuestionView: {
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /** @description Who made it. */
            created_by: string;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description Its name. */
            name: string;
            /** @description What it asks, if in SQL. */
            sql?: string | null;
            structured?: components["schemas"]["StructuredQuery"] | null;
            /**
             * Format: date-time
             * @description When it was last edited.
             */
            updated_at: string;
            /**
             * Format: int64
             * @description Rises with every edit.
             */
            version: number;
        };
        /** @description How it is. */
        Readiness: {
            /** @description What is gone without stopping the rest. */
            degraded: string[];
            /** @description Parts and whether they answer. */
            parts: components["schemas"]["Parts"];
            /** @description `ready`, `starting`, `draining`, `unavailable`. */
            status: string;
        };
        /** @description Why the values of a record, or of an entity's golden record, are what they are. */
        RecordWhy: {
            /** @description The record; the entity, of a golden record. */
            id: string;
            /** @description `record` or `golden`. */
            kind: string;
            merge?: components["schemas"]["MergeWhy"] | null;
            /**
             * Format: int64
             * @description Log position of the views.
             */
            position: number;
            /** @description Its values, each with where it comes from; empty ones left out unless asked about. */
            values: components["schemas"]["ValueWhy"][];
            /** @description The view. */
            view: string;
        };
        /** @description The token, unless the cookie has it. */
        Refresh: {
            /** @description `refresh_token` of the last grant. */
            refresh_token?: string | null;
        };
        /** @description Who registered. */
        Registered: {
            tenant: components["schemas"]["RegisteredTenant"];
            user: components["schemas"]["RegisteredUser"];
        };
        /** @description The tenant. */
        RegisteredTenant: {
            /** Format: uuid */
            id: string;
            name: string;
        };
        /** @description The person. */
        RegisteredUser: {
            email: string;
            /** Format: uuid */
            id: string;
            role: string;
        };
        /** @description Who registers. */
        Registration: {
            /** @description Address to sign in with. */
            email: string;
            /** @description Invitation to an existing tenant. */
            invitation?: string | null;
            /** @description Name. */
            name: string;
            /** @description At least 8 characters. */
            password: string;
            /** @description Name of the new tenant; not with an invitation. */
            tenant_name?: string | null;
        };
        /** @description Which ones to try again; nothing said is all. */
        Replay: {
            /** @description Ids of dead letters. */
            ids?: string[] | null;
        };
        /** @description A question to a human. */
        ReviewView: {
            /**
             * Format: double
             * @description Calibrated.
             */
            confidence?: number | null;
            /**
             * Format: date-time
             * @description When it was asked.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When.
             */
            decided_at?: string | null;
            /** @description Who decided. */
            decided_by?: string | null;
            /** @description Why: scores, samples replayed, gates. */
            evidence: unknown;
            /**
             * Format: date-time
             * @description When it lapses.
             */
            expires_at?: string | null;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description What is proposed. */
            proposal: Record<string, unknown>;
            /**
             * Format: uuid
             * @description The person behind the proposal as it stands; null: a part of the platform.
             */
            proposed_by?: string | null;
            /** @description `pending`, `approved`, `edited`, `rejected`, `snoozed`, `expired`. */
            state: string;
            /** @description What it is about: connection, stream, field, drift. */
            subject: Record<string, unknown>;
            /** @description `drift`, `mapping`, `merge`, `agent_action`. */
            type: string;
            /**
             * Format: int64
             * @description For If-Match.
             */
            version: number;
        };
        /** @description Which streams; nothing said is all. */
        Rewind: {
            /** @description Name of one stream. */
            stream?: string | null;
        };
        /** @description How one secret gives way to the next. */
        RotateSecret: {
            /**
             * Format: int32
             * @description Hours for which the secrets before sign as well: 24 unless said.
             */
            overlap_hours?: number | null;
        };
        /** @description One rule as a person writes it. */
        RuleEdit: {
            /** @description Canonical field. */
            field: string;
            /** @description Source field. */
            source_path: string;
            /** @description Transform beyond the cast. */
            transform?: unknown;
        };
        /** @description What sets a schedule off: one of `cron`, `every_seconds` and `after`. */
        Said: {
            /** @description When each of these connections, by name, was read to its end since the last time. */
            after?: string[] | null;
            /** @description Five fields (minute, hour, day, month, weekday), or six with seconds before them. */
            cron?: string | null;
            /**
             * Format: int64
             * @description Once in so many seconds.
             */
            every_seconds?: number | null;
            /** @description Where its hours are, by the IANA's name; UTC unless said. */
            time_zone?: string | null;
        };
        /** @description Something kept that rests on what would change. */
        SavedTouched: {
            /** @description Its id. */
            id: string;
            /** @description `finding`. */
            kind: string;
            /** @description What it says. */
            title: string;
        };
        /** @description The demo's systems and what they offer. */
        ScanView: {
            /** @description Each stream of each system. */
            assets: components["schemas"]["Asset"][];
            /** @description How many of them are connected. */
            connected: number;
            /**
             * Format: date-time
             * @description When.
             */
            timestamp: string;
            /** @description How many these are. */
            total_assets: number;
        };
        /** @description What may be changed on a schedule; absent means unchanged. */
        SchedulePatch: {
            /** @description `skip`, `once`, `all`. */
            missed?: string | null;
            /** @description Another name. */
            name?: string | null;
            /** @description Stopped, or going on: what would have been meanwhile is not made up for. */
            paused?: boolean | null;
            task?: components["schemas"]["Work"] | null;
            trigger?: components["schemas"]["Said"] | null;
        };
        /** @description A schedule. */
        ScheduleView: {
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /** @description Who made it. */
            created_by: string;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description Why the last time made none. */
            last_error?: string | null;
            /**
             * Format: date-time
             * @description When it was set off last.
             */
            last_run_at?: string | null;
            /**
             * Format: uuid
             * @description The task it made last.
             */
            last_task_id?: string | null;
            /** @description What becomes of times that were missed. */
            missed: string;
            /** @description Its name. */
            name: string;
            /**
             * Format: date-time
             * @description When it is next; null while it is paused, or until something happens.
             */
            next_run_at?: string | null;
            /** @description That and the times after it. */
            next_runs: string[];
            /** @description Whether it waits to be resumed. */
            paused: boolean;
            /** @description What it does. */
            task: components["schemas"]["Work"];
            /** @description What sets it off. */
            trigger: components["schemas"]["Said"];
            /**
             * Format: date-time
             * @description When it was last edited.
             */
            updated_at: string;
            /**
             * Format: int64
             * @description Rises with every edit.
             */
            version: number;
        };
        /** @description One sign-in. */
        SessionView: {
            /** Format: date-time */
            created_at: string;
            current: boolean;
            /** Format: date-time */
            expires_at: string;
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            last_used_at: string;
            user_agent?: string | null;
        };
        /** @description What people want to be told of. */
        SetAlerts: {
            /** @description `quarantined`, `failed`, `review`; all unless said. */
            kinds?: string[] | null;
            /** @description A Slack incoming webhook; `***` leaves the one that is there, null tells nobody. */
            slack_url?: string | null;
        };
        /** @description What a playbook becomes. */
        SetPlaybook: {
            /** @description YAML, as it is to be. */
            document: string;
        };
        /** @description Settings to be checked. */
        SettingsCheck: {
            /** @description Settings of that type. */
            config: Record<string, unknown>;
            /** @description `file`, `postgres`, `demo`. */
            type: string;
        };
        /** @description What callbacks are signed with. */
        SigningSecretView: {
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /**
             * Format: date-time
             * @description When it was made.
             */
            made_at: string;
            /**
             * Format: date-time
             * @description When it ceases to sign; null: it is in force.
             */
            retires_at?: string | null;
            /** @description Itself: `whsec_...`. */
            secret: string;
        };
        /** @description Whether people can sign in by a provider here. */
        SignIns: {
            /** @description They can. */
            enabled: boolean;
            /** @description What the provider is called. */
            name?: string | null;
            /** @description Where a browser begins. */
            start?: string | null;
        };
        /** @description A batch of the log. */
        SourceBatch: {
            /**
             * Format: date-time
             * @description When it was written.
             */
            at: string;
            /** @description What it is named after. */
            batch_id: string;
            /** @description Where in the source it began. */
            cursor_from?: unknown;
            /** @description Where it ended. */
            cursor_to?: unknown;
            /** @description Digest of the schema it had. */
            fingerprint?: string | null;
            /**
             * Format: int64
             * @description Version of the rules it was made under then.
             */
            made_under?: number | null;
            /**
             * Format: int64
             * @description Position in the log.
             */
            position: number;
            /** @description Row in it. */
            row: number;
        };
        /** @description A record in its source. */
        SourceRecord: {
            /** @description The connection's name. */
            connection: string;
            /** @description The connection. */
            connection_id: string;
            /** @description Its id in the view. */
            id: string;
            /** @description Its key there. */
            key: string;
            /** @description The stream. */
            stream: string;
        };
        /** @description Records that are not of their entity. */
        SplitEntity: {
            /** @description Why, for people. */
            reason?: string | null;
            /** @description Ids of the records that become an entity of their own. */
            records: string[];
        };
        /** @description One `SELECT` over the tenant's views. */
        SqlQuery: {
            /**
             * Format: int32
             * @description Rows at most: 1000 unless said, 10000 at most unless the node says otherwise.
             */
            limit?: number | null;
            /**
             * @description In DuckDB's dialect. Views are tables by their names (`accounts`), with `id`, their fields, `extras` (JSON of what no
             *     field took) and `source_key`.
             */
            sql: string;
        };
        /** @description A stage of a run. */
        StageView: {
            /** @description What there is to say: sources and streams, tasks and rows, positions, runs of agents. */
            data: Record<string, unknown>;
            /** @description Its name. */
            stage: string;
            /** @description `waiting`, `running`, `success`, `failed`, `skipped`. */
            state: string;
        };
        /** @description One stream of a connection. */
        StreamView: {
            /** @description Safe Mode has read as many rows of it as it does; the rest is read from the cursor once the connection is confirmed. */
            capped: boolean;
            /** @description Where the next read begins, as the source says it. */
            cursor?: unknown;
            /** @description Canonical entity it feeds; null until it is mapped. */
            entity?: string | null;
            /** @description Digest of its schema. */
            fingerprint?: string | null;
            /**
             * Format: int64
             * @description Version of the rules in force.
             */
            mapping_version?: number | null;
            /** @description Its name in the source. */
            name: string;
            /** @description Why it is there, for people. */
            reason?: string | null;
            /**
             * Format: int64
             * @description Rows refused so far; they are in dead letters.
             */
            rejected: number;
            /**
             * Format: int64
             * @description Rows taken so far.
             */
            rows: number;
            /**
             * @description `active`, `drifted`, `quarantined`; `stopped` until somebody decides, `disabled` until somebody takes it in, `gone`
             *     from its source.
             */
            state: string;
        };
        /** @description A condition. */
        StructuredFilter: {
            /** @description The field. */
            field: string;
            /** @description `op:value`; op is `eq`, `ne`, `lt`, `le`, `gt`, `ge`, `in`, `contains`, `starts_with`, `is_null`, `between`. */
            is: string;
        };
        /** @description Rows of a view, or what groups of them amount to. Words are spelled as for a page of a view. */
        StructuredQuery: {
            /** @description Conditions, all of which hold. */
            filter?: components["schemas"]["StructuredFilter"][];
            /** @description Fields that make groups. A date or moment may be cut: `close_date:month` (`day`, `week`, `month`, `quarter`, `year`). */
            group_by?: string[];
            /**
             * Format: int32
             * @description Rows at most: 1000 unless said, 10000 at most unless the node says otherwise.
             */
            limit?: number | null;
            /**
             * @description `count`, and of a field `count:`, `count_distinct:`, `sum:`, `avg:`, `min:`, `max:`, like `sum:amount`. Their columns
             *     are called like them, with an underscore.
             */
            measures?: string[];
            /** @description Fields of single rows; not together with groups and measures. */
            select?: string[];
            /** @description Columns of the answer by comma, a minus in front for descending. */
            sort?: string | null;
            /** @description `accounts`, `opportunities`, ... */
            view: string;
        };
        /** @description Why a record gives a value of the golden record. */
        Survivorship: {
            /** @description Records with a value, in the order in which they may give it: `{record, value}`. */
            candidates: Record<string, unknown>[];
            /** @description What decided: `only_value`, `source_order`, `latest_change`, `read_last`, `first_id`. */
            rule: string;
            /** @description Fields that are given together with it. */
            together: string[];
        };
        /** @description Rows of an answer. */
        TableAnswer: {
            /** @description The columns, in order. */
            columns: components["schemas"]["TableColumn"][];
            /**
             * Format: int64
             * @description What it took, in milliseconds.
             */
            ms: number;
            /**
             * Format: int64
             * @description Log position that the views had.
             */
            position: number;
            /** @description The rows, a value a column. */
            rows: Record<string, unknown>[][];
            /** @description Whether there are more rows than these. */
            truncated: boolean;
        };
        /** @description A column of an answer. */
        TableColumn: {
            /** @description Its name or expression. */
            name: string;
            /**
             * @description `string`, `integer`, `number`, `money`, `boolean`, `date`, `datetime`, `time`, `interval`, `list`, `map`, `union`,
             *     `binary`, `null`.
             */
            type: string;
        };
        /** @description Something that happened to a piece of work. */
        TaskLineView: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /**
             * Format: int64
             * @description In which attempt; 0: in none.
             */
            attempt: number;
            /** @description What else there is to say. */
            data?: unknown;
            /** @description `info`, `warn`, `error`. */
            level: string;
            /** @description In a sentence. */
            message: string;
            /**
             * Format: int64
             * @description Its number, from 1. The last 500 are kept; what is missing before the first was let go.
             */
            n: number;
        };
        /** @description A piece of work. */
        TaskView: {
            /**
             * Format: int64
             * @description Attempts begun, without those that a process did not live to see the end of.
             */
            attempts: number;
            /** @description Somebody asked it to stop while it ran; it does within two seconds. */
            cancel_requested: boolean;
            /**
             * Format: uuid
             * @description The connection it works on.
             */
            connection_id?: string | null;
            /**
             * Format: date-time
             * @description When it was asked for.
             */
            created_at: string;
            /** @description Who asked. */
            created_by: string;
            /** @description Why it failed: `{code, message, remedy?}`. */
            error?: Record<string, unknown> | null;
            /**
             * Format: date-time
             * @description When it ended.
             */
            finished_at?: string | null;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description Its kind. */
            kind: string;
            /**
             * Format: int64
             * @description Times a process ended while it ran. After more than `tenant.poison_after` of them it is parked as failed, with the
             *     code `task.poison`.
             */
            losses: number;
            /**
             * Format: int64
             * @description Attempts allowed.
             */
            max_attempts: number;
            /** @description What its kind needs. */
            payload: unknown;
            /** @description What is known of how far it is: `{rows, rejected, ...}`. */
            progress: Record<string, unknown>;
            /** @description What it came to. */
            result?: unknown;
            /**
             * Format: date-time
             * @description Not before; while it waits for its next attempt, when that is.
             */
            run_at: string;
            /**
             * Format: date-time
             * @description When the last attempt began.
             */
            started_at?: string | null;
            /** @description `queued`, `in_progress`, `retry_wait`, `success`, `failed`, `cancelled`. */
            state: string;
        };
        /** @description What may be changed on a tenant; absent means unchanged. */
        TenantPatch: {
            /**
             * @description Limits that differ from the configured ones, whole: `connections`, `rows`, `file_bytes`, `users`. For the operator of
             *     the platform.
             */
            limits?: Record<string, unknown> | null;
            /** @description New name. */
            name?: string | null;
        };
        /** @description A tenant in the list. */
        TenantRow: {
            /** Format: date-time */
            created_at: string;
            held: boolean;
            id: string;
            name: string;
            /** @description `active`, `suspended`, `deleting`. */
            state: string;
            /** Format: int64 */
            version: number;
        };
        /** @description A tenant. */
        TenantView: {
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /** @description Suspended by whoever operates the platform, who alone resumes it. */
            held: boolean;
            /**
             * Format: uuid
             * @description Id.
             */
            id: string;
            /** @description What it may have. */
            limits: components["schemas"]["Limits"];
            /** @description Name people see. */
            name: string;
            /** @description `active`, `suspended`, `deleting`. */
            state: string;
            /** @description What it has. */
            usage: Record<string, unknown>;
            /**
             * Format: int64
             * @description For If-Match.
             */
            version: number;
        };
        /** @description A ticket. */
        Ticket: {
            /**
             * Format: int64
             * @description Seconds it is good.
             */
            expires_in: number;
            /** @description Send as `?ticket=`; works once. */
            ticket: string;
        };
        /** @description A flag to turn. */
        ToggleFlag: {
            /** @description On or off. */
            enabled: boolean;
            /** @description Its name. */
            flag_name: string;
        };
        /** @description A row that the tried rules would refuse. */
        TrialRefusal: {
            /** @description Stable code of the reason. */
            code: string;
            /** @description Source column at fault. */
            field?: string | null;
            /** @description The reason. */
            reason: string;
            /**
             * Format: int64
             * @description Its number in the source.
             */
            row: number;
        };
        /** @description The change; what is not said stays. */
        UserPatch: {
            /** @description Name. */
            name?: string | null;
            /** @description `viewer`, `operator`, `admin`. */
            role?: string | null;
            /** @description `active`, `disabled`. */
            state?: string | null;
        };
        /** @description A person. */
        UserView: {
            /** Format: date-time */
            created_at: string;
            email: string;
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            last_login_at?: string | null;
            name: string;
            /** @description `viewer`, `operator`, `admin`. */
            role: string;
            /** @description `active`, `disabled`. */
            state: string;
            /**
             * Format: int64
             * @description For If-Match.
             */
            version: number;
        };
        /** @description The rule behind a value. */
        ValueRule: {
            /**
             * Format: date-time
             * @description When.
             */
            adopted_at: string;
            /** @description Who adopted the version. */
            author: string;
            /** @description The canonical type that it is cast to. */
            cast: string;
            /**
             * Format: double
             * @description How sure its author was.
             */
            confidence: number;
            /** @description `human`, `rule`, `model`, `imported`. */
            origin: string;
            /** @description Why. */
            reason?: string | null;
            /** @description Source column; empty: a constant. */
            source_path: string;
            /** @description Beyond the cast. */
            transform?: unknown;
            /**
             * Format: int64
             * @description Version of the stream's rules that hold for the record.
             */
            version: number;
        };
        /** @description Why one value is what it is. */
        ValueWhy: {
            batch?: components["schemas"]["SourceBatch"] | null;
            /** @description Whether later batches of the record did not send the column, and its last value was kept. */
            carried: boolean;
            /** @description Canonical field. */
            field: string;
            original?: components["schemas"]["OriginalValue"] | null;
            record?: components["schemas"]["SourceRecord"] | null;
            rule?: components["schemas"]["ValueRule"] | null;
            survivorship?: components["schemas"]["Survivorship"] | null;
            /** @description Its value. */
            value: unknown;
        };
        /**
         * @description What a human may answer.
         * @enum {string}
         */
        Verdict: "approve" | "reject" | "edit";
        /** @description What schedules set off: a kind of task and what it is about, by names. */
        Work: {
            /** @description `sync`, `agent`, `rebuild`, `playbook`, `bulk_mapping`, `noop`. */
            kind: string;
            /**
             * Format: int32
             * @description Attempts of the task; 3 unless said.
             */
            max_attempts?: number | null;
            /** @description What it needs: `{connection}`, `{agent}`, `{playbook}`, `{connections?}`, or nothing. */
            payload?: Record<string, unknown>;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    jwks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, unknown>;
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_connections: {
        parameters: {
            query?: {
                /** @description Only those of this connection. */
                connection_id?: string;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description At most so many; 100 unless said, 1000 at most. */
                limit?: number;
                /** @description Only those in this state. */
                state?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Items_ConnectionView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_connection: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewConnection"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectionView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_connection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectionView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_connection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_connection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConnectionPatch"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectionView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    check_connection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckReport"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    confirm_connection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Confirmed"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_dead_letters: {
        parameters: {
            query?: {
                /** @description Only those of this connection. */
                connection_id?: string;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description At most so many; 100 unless said, 1000 at most. */
                limit?: number;
                /** @description Only those in this state. */
                state?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Items_DeadLetterView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    discard_dead_letters: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Discard"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Discarded"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    replay_dead_letters: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Replay"] | null;
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Asked"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cause_drift: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DemoDrift"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, unknown>;
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    discover_streams: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Items_DiscoveredStream"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_mappings: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Items_MappingRow"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_mapping: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MappingEdit"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Items_MappingRow"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    mapping_history: {
        parameters: {
            query: {
                /** @description Name of the stream. */
                stream: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Items_MappingVersionView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    try_mapping: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MappingEdit"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MappingTrial"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pause_connection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectionView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    preview_stream: {
        parameters: {
            query: {
                /** @description At most so many rows, 100 at most. */
                limit?: number;
                /** @description The stream. */
                stream: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Preview"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resume_connection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectionView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rewind_connection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Rewind"] | null;
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Asked"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sync_connection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Asked"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    check_settings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SettingsCheck"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckReport"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_connector_types: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Items_ConnectorType"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_actors: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Items_ActorView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_access_policy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessPolicy"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_access_policy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AccessPolicy"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessPolicy"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_alerts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertsView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_alerts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetAlerts"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertsView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    test_alerts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertTried"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cluster: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClusterView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_feature_flags: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Items_FlagView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    toggle_feature_flag: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ToggleFlag"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlagView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_model_use: {
        parameters: {
            query?: {
                /** @description So many days, today with them: 1 to 400. */
                days?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelUseView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tenant: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_tenant: {
        parameters: {
            query?: never;
            header: {
                /** @description Version of the tenant that was looked at */
                "If-Match": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Farewell"];
            };
        };
        responses: {
            /** @description It is going */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_tenant: {
        parameters: {
            query?: never;
            header?: {
                /** @description Version of the tenant that was looked at */
                "If-Match"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TenantPatch"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    export_tenant: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Asked"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    download_export: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-tar": number[];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resume_tenant: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlaceView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    suspend_tenant: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_agents: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Items_AgentView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    run_agent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of the agent */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Asked"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    aoa_demo_scan: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScanView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    aoa_discover: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DiscoverAssets"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Discovered"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    aoa_reset: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Asked"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    aoa_run: {
        parameters: {
            query?: {
                /** @description Agents by comma; all unless said. */
                agents?: string;
                /** @description Connections by name or id, by comma; all that are not paused unless said. */
                sources?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    aoa_state: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrchestraView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_api_keys: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description At most so many; 100 unless said, 1000 at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Items_ApiKeyView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_api_key: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewKey"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MadeKey"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revoke_api_key: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_audit: {
        parameters: {
            query?: {
                /** @description What: `connection.create`, or `connection.` for everything done to connections. */
                action?: string;
                /** @description By whom: `user:…`, `api_key:…`, `system:…`. */
                actor?: string;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description At most so many; 100 unless said, 1000 at most. */
                limit?: number;
                /** @description Not before. */
                since?: string;
                /** @description To what: `connection/0192…`, or `connection/` for all of them. */
                subject?: string;
                /** @description Somewhere in action, subject, before or after, in capitals or not. */
                text?: string;
                /** @description Before. */
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Items_AuditView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    export_audit: {
        parameters: {
            query?: {
                /** @description The last `seq` that is known already; 0 or nothing is all. */
                after?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/jsonl": string;
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    verify_audit: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Chain"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    invite: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Invite"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invitation"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sign_in_by_link: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Link"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Grant"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Credentials"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Grant"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    logout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Refresh"] | null;
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sign_ins: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignIns"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    signed_in_elsewhere: {
        parameters: {
            query?: {
                /** @description Redeemed for who they are. */
                code?: string;
                /** @description Why it did not work out. */
                error?: string;
                /** @description Who sends them. */
                iss?: string;
                /** @description As it was given at the start. */
                state?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description To the console, with a session in the cookie */
            303: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sign_in_elsewhere: {
        parameters: {
            query?: {
                /** @description An invitation to join by. */
                invitation?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description To the identity provider */
            303: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordChange"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    refresh: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Refresh"] | null;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Grant"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    register: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Registration"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Registered"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Items_SessionView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revoke_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_ticket: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ticket"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_bulk_mappings: {
        parameters: {
            query?: {
                /** @description Only those of this connection. */
                connection_id?: string;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description At most so many; 100 unless said, 1000 at most. */
                limit?: number;
                /** @description Only those in this state. */
                state?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Items_BulkMappingView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_bulk_mapping: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewBulkMapping"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkMappingView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_bulk_mapping: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkMappingView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancel_bulk_mapping: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkMappingView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_bulk_mapping_results: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description At most so many; 100 unless said, 1000 at most. */
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Items_BulkObjectView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    apply_configuration: {
        parameters: {
            query?: {
                /** @description Only say what there would be to do. */
                dry_run?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApplyConfiguration"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfigurationApplied"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    export_configuration: {
        parameters: {
            query?: {
                /** @description Whether to say where each stream stands; true unless said. */
                cursors?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/yaml": Record<string, unknown>;
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    agent_results: {
        parameters: {
            query?: {
                /** @description Of one agent. */
                agent?: string;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description At most so many. */
                limit?: number;
                /** @description `open`, `accepted`, `dismissed`, `resolved`. */
                state?: string;
            };
            header?: never;
            path: {
                /** @description Name of the agent */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Items_FindingView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    dcl_connect: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DclConnect"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DclConnected"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    dcl_digest: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, unknown>;
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_identities: {
        parameters: {
            query?: {
                /** @description next_cursor of the page before */
                cursor?: string;
                /** @description op:value, as for views */
                "filter[field]"?: string;
                /** @description Entities a page */
                limit?: number;
                /** @description Only entities of at least so many records */
                members?: number;
            };
            header?: never;
            path: {
                /** @description accounts, contacts */
                view: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EntitiesView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_identity: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id, a former one, or that of any of its records */
                id: string;
                /** @description accounts, contacts */
                view: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EntityView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    split_identity: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Any id that leads to the entity */
                id: string;
                /** @description accounts, contacts */
                view: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SplitEntity"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IdentityDecided"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    merge_identities: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description accounts, contacts */
                view: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MergeEntities"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IdentityDecided"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    dcl_graph: {
        parameters: {
            query?: {
                /** @description Steps at most: 5 unless said, 20 at most. */
                depth?: number;
                /** @description `up` to what it comes from, `down` to what is made of it, `both` unless said. */
                direction?: string;
                /** @description With columns and fields, or only with what they are parts of. */
                fields?: boolean;
                /** @description Nodes at most: 300 unless said, 1000 at most. */
                limit?: number;
                /** @description Around this node; absent: the whole graph, what stands for most first. */
                node?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GraphView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    dcl_metadata: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, unknown>;
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    dcl_preview: {
        parameters: {
            query: {
                /** @description Rows: 10 unless said, 100 at most. */
                limit?: number;
                /** @description An entity (`dcl_account`) or a stream (`src_...`). */
                node: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodePreview"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    query_structured: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StructuredQuery"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TableAnswer"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_questions: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description At most so many; 100 unless said, 1000 at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Items_QuestionView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_question: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewQuestion"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QuestionView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_question: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QuestionView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_question: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_question: {
        parameters: {
            query?: never;
            header?: {
                /** @description Version of the question that was looked at */
                "If-Match"?: string | null;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["QuestionPatch"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QuestionView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    run_question: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TableAnswer"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rebuild_views: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Asked"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    run_sql: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SqlQuery"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TableAnswer"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    dcl_state: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, unknown>;
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_views: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, unknown>;
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    query_view: {
        parameters: {
            query?: {
                /** @description next_cursor of the page before */
                cursor?: string;
                /** @description op:value; op is eq, ne, lt, le, gt, ge, in, contains, starts_with, is_null, between */
                "filter[field]"?: string;
                /** @description csv, parquet, arrow, json: export instead of a page */
                format?: string;
                /** @description Rows a page */
                limit?: number;
                /** @description Fields by comma */
                select?: string;
                /** @description Fields by comma, a minus in front for descending */
                sort?: string;
            };
            header?: never;
            path: {
                /** @description accounts, opportunities, contacts, ... */
                view: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, unknown>;
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    demo_pipeline_start: {
        parameters: {
            query?: {
                /** @description `crm`, `cloud`, `relational` or `document`; all unless said. */
                source_type?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    demo_pipeline_reset: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    demo_pipeline_status: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_drifts: {
        parameters: {
            query?: {
                /** @description Only those of this connection. */
                connection_id?: string;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description At most so many; 100 unless said, 1000 at most. */
                limit?: number;
                /** @description Only those in this state. */
                state?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Items_DriftView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_drift: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DriftView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revert_repair: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DriftView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_entities: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Items_EntityType"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_entity: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of the entity, such as `account` */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, unknown>;
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stream_events: {
        parameters: {
            query?: {
                /** @description Resume behind this place in the sequence; `Last-Event-ID` goes before it. */
                after?: number;
                /** @description A one-time ticket, for browsers that cannot send a token. */
                ticket?: string;
                /** @description Topics by comma: `flow,tasks,reviews`; nothing is all. */
                topics?: string;
            };
            header?: {
                /** @description Last id that was seen */
                "Last-Event-ID"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_files: {
        parameters: {
            query?: {
                /** @description Only those whose path begins so. */
                prefix?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Items_FileView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_file: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Path beneath the tenant's folder */
                path: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": number[];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_file: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Path beneath the tenant's folder; slashes make folders */
                path: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": number[];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_file: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Path beneath the tenant's folder */
                path: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_findings: {
        parameters: {
            query?: {
                /** @description Of one agent. */
                agent?: string;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description At most so many. */
                limit?: number;
                /** @description `open`, `accepted`, `dismissed`, `resolved`. */
                state?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Items_FindingView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    decide_finding: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FindingPatch"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FindingView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    flow_monitor: {
        parameters: {
            query?: {
                /** @description Events of each layer at most; 100 unless said, 1 to 500. */
                limit_per_layer?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    flow_journey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Any id that leads to the entity, or a record's */
                id: string;
                /** @description accounts, contacts, opportunities, ... */
                view: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JourneyView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    lineage_grid: {
        parameters: {
            query?: {
                /** @description next_cursor of the page before */
                cursor?: string;
                /** @description op:value by any of the names that sort takes; eq, ne, contains, in, for numbers eq, lt, le, gt, ge */
                "filter[field]"?: string;
                /** @description Lines a page; 100 unless said, 1000 at most */
                limit?: number;
                /** @description Words, each of which stands somewhere in the line */
                q?: string;
                /** @description source, stream, column, entity, field, view, agent, origin, confidence, version or rows; with - before it from the greatest */
                sort?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LineageGrid"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    lineage_impact: {
        parameters: {
            query: {
                /** @description Its id. */
                node: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LineageImpact"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    lineage_neighbourhood: {
        parameters: {
            query?: {
                /** @description Steps at most: 5 unless said, 20 at most. */
                depth?: number;
                /** @description `up` to what it comes from, `down` to what is made of it, `both` unless said. */
                direction?: string;
                /** @description With columns and fields, or only with what they are parts of. */
                fields?: boolean;
                /** @description Nodes at most: 300 unless said, 1000 at most. */
                limit?: number;
                /** @description Around this node; absent: the whole graph, what stands for most first. */
                node?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GraphView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    take_openlineage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LineageEvent"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LineageTaken"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    why_record: {
        parameters: {
            query?: {
                /** @description The record by itself, and not the golden record of the entity it belongs to. */
                alone?: boolean;
                /** @description Only this field; absent: every field that has a value. */
                field?: string;
            };
            header?: never;
            path: {
                /** @description Id of a record or an entity, as the view shows it */
                id: string;
                /** @description accounts, opportunities, ... */
                view: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordWhy"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    lineage_search: {
        parameters: {
            query: {
                /** @description At most so many: 20 unless said, 100 at most. */
                limit?: number;
                /** @description Words, each of which stands in the name. */
                q: string;
                /** @description Only of this type: `column`, `field`, `source`, ... */
                type?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LineageFound"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    lineage_tree: {
        parameters: {
            query?: {
                /** @description Steps at most: 5 unless said, 20 at most. */
                depth?: number;
                /** @description `up` to what it comes from, `down` to what is made of it, `both` unless said. */
                direction?: string;
                /** @description With columns and fields, or only with what they are parts of. */
                fields?: boolean;
                /** @description Nodes at most: 300 unless said, 1000 at most. */
                limit?: number;
                /** @description Around this node; absent: the whole graph, what stands for most first. */
                node?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LineageTree"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    propose_mapping: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProposeMapping"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Items_ProposedMapping"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    operator_erasures: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Items_ErasureView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    operator_tenants: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description At most so many; 100 unless said, 1000 at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Items_TenantRow"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    operator_create_tenant: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewTenant"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MadeTenant"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    operator_tenant: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    operator_delete_tenant: {
        parameters: {
            query?: never;
            header: {
                /** @description Version of the tenant that was looked at */
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Farewell"];
            };
        };
        responses: {
            /** @description It is going */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    operator_update_tenant: {
        parameters: {
            query?: never;
            header?: {
                /** @description Version of the tenant that was looked at */
                "If-Match"?: string | null;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TenantPatch"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    operator_export_tenant: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Asked"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    operator_resume_tenant: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    operator_suspend_tenant: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_playbook_runs: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description At most so many; 100 unless said, 1000 at most. */
                limit?: number;
                /** @description Only those of the playbook of this name. */
                playbook?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Items_PlaybookRunView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_playbook_run: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlaybookRunView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancel_playbook_run: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlaybookRunView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_playbooks: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description At most so many; 100 unless said, 1000 at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Items_PlaybookView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_playbook: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPlaybook"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlaybookView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_playbook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlaybookView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_playbook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Version of the playbook that was looked at */
                "If-Match"?: string | null;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetPlaybook"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlaybookView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_playbook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    run_playbook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlaybookRunView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    propose_repair: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProposeRepair"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Items_ProposedRepair"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_reviews: {
        parameters: {
            query?: {
                /** @description Only those of this connection. */
                connection_id?: string;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description At most so many; 100 unless said, 1000 at most. */
                limit?: number;
                /** @description Only those in this state. */
                state?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Items_ReviewView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_review: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReviewView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    decide_review: {
        parameters: {
            query?: never;
            header: {
                /** @description Version of the review that was looked at */
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Decision"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReviewView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_schedules: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description At most so many; 100 unless said, 1000 at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Items_ScheduleView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_schedule: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewSchedule"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduleView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_schedule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduleView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_schedule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_schedule: {
        parameters: {
            query?: never;
            header?: {
                /** @description Version of the schedule that was looked at */
                "If-Match"?: string | null;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SchedulePatch"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduleView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    run_schedule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Asked"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_tasks: {
        parameters: {
            query?: {
                /** @description Only those of this connection. */
                connection_id?: string;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Only those of this kind. */
                kind?: string;
                /** @description At most so many; 100 unless said, 1000 at most. */
                limit?: number;
                /** @description Only those in this state. */
                state?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Items_TaskView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_task: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewTask"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_task: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancel_task: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_task_log: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description At most so many; 100 unless said, 1000 at most. */
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Items_TaskLineView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retry_task: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_tasks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ManyTasks"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AskedMany"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_users: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description At most so many; 100 unless said, 1000 at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Items_UserView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_user: {
        parameters: {
            query?: never;
            header?: {
                /** @description Version of the person that was looked at */
                "If-Match"?: string | null;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserPatch"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_deliveries: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description At most so many; 100 unless said, 1000 at most. */
                limit?: number;
                /** @description Only those in this state: `waiting`, `delivered`, `failed`. */
                state?: string;
                /** @description Only those about this: `task/<id>`. */
                subject?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Items_DeliveryView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_delivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    replay_delivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_webhook_secrets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Items_SigningSecretView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rotate_webhook_secret: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RotateSecret"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Items_SigningSecretView"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    healthz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readyz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    flow_monitor_socket: {
        parameters: {
            query?: {
                /** @description Resume behind this place in the sequence; `Last-Event-ID` goes before it. */
                after?: number;
                /** @description A one-time ticket, for browsers that cannot send a token. */
                ticket?: string;
                /** @description Topics by comma: `flow,tasks,reviews`; nothing is all. */
                topics?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The socket is open */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
