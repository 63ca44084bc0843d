// Made from openapi/openapi.json by `npm run generate`.
export interface paths {
    "/livez": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the process answers */
        get: operations["livez"];
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
        /** Whether the service can take work, and on which cloud and engine */
        get: operations["readyz"];
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
        /** Prometheus metrics */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/environments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Environments, newest first; deleted ones only with phase=deleted */
        get: operations["listEnvironments"];
        put?: never;
        /** Ask for an environment */
        post: operations["createEnvironment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/environments/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One environment: spec, phase, outputs, newest operation */
        get: operations["getEnvironment"];
        put?: never;
        post?: never;
        /** Tear an environment down; repeating it is harmless. The parameters say for this call what the spec's deletion says otherwise */
        delete: operations["deleteEnvironment"];
        options?: never;
        head?: never;
        /** Change the spec by a JSON merge patch (RFC 7396); team, name and region stay */
        patch: operations["updateEnvironment"];
        trace?: never;
    };
    "/environments/{id}/outputs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The last good outputs, as a flat object (docs/outputs.md) */
        get: operations["getOutputs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/environments/{id}/operations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The history of an environment: its operations of every kind, newest first */
        get: operations["listOperations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/teams/{team}/environments/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Create or change the environment of that name: its spec becomes the body */
        put: operations["putEnvironment"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/previews": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Show what making a new environment would create */
        post: operations["previewCreation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/environments/{id}/previews": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Show what a change (a JSON merge patch, as of the PATCH) would create, update, replace and delete */
        post: operations["previewChange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/environments/{id}/drift-checks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Compare the state with the cloud; the report is in the operation, the condition Drifted in the environment */
        post: operations["checkDrift"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** State, progress, steps by resource, error, report */
        get: operations["getOperation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operations/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stop an operation as gently as its engine allows; harmless to repeat */
        post: operations["cancelOperation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operations/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Carry a failed or cancelled create, update or delete on from where it is, as a new operation */
        post: operations["retryOperation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/operations/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The events of an operation: a page, or with `Accept: text/event-stream` a stream that ends with the operation and resumes by Last-Event-ID
         * @description With `Accept: text/event-stream` the answer is a stream of Server-Sent Events: each has the event's id, its type and the same JSON as in a page.
         *     It ends with the operation, or when the key is revoked, and resumes after `Last-Event-ID` (before `after`) on any replica. Events that were pruned are passed over,
         *     which the ids show; an id beyond the last event counts as the last. Comments are signs of life; `retry` says when to come back after a break.
         */
        get: operations["listEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/teams/{team}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One team */
        get: operations["getTeam"];
        /** Set a team's placement and guardrails; environments that exist stay where they are */
        put: operations["putTeam"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/teams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Teams by name */
        get: operations["listTeams"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Keys, without their tokens */
        get: operations["listKeys"];
        put?: never;
        /** Make a key for admins or for one team */
        post: operations["createKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke a key at once */
        delete: operations["deleteKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sandbox/resources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What exists in the simulated accounts */
        get: operations["listSandboxResources"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sandbox/resources/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One simulated resource */
        get: operations["getSandboxResource"];
        put?: never;
        post?: never;
        /** Delete a resource by hand */
        delete: operations["deleteSandboxResource"];
        options?: never;
        head?: never;
        /** Change properties by hand, as somebody in the console would */
        patch: operations["changeSandboxResource"];
        trace?: never;
    };
    "/sandbox/accounts/{account}/regions/{region}/default-vpc": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Give the default VPC back */
        put: operations["restoreDefaultVpc"];
        post?: never;
        /** Take the default VPC away from an account and region */
        delete: operations["removeDefaultVpc"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sandbox/buckets/{bucket}/objects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Objects of a simulated bucket */
        get: operations["listSandboxObjects"];
        put?: never;
        post?: never;
        /** Delete every object of a simulated bucket */
        delete: operations["emptySandboxBucket"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sandbox/buckets/{bucket}/objects/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Put an object of some size; it has no content */
        put: operations["putSandboxObject"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sandbox/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Batch jobs, those that are over too */
        get: operations["listSandboxJobs"];
        put?: never;
        /** Submit jobs to a queue; they keep their status until somebody ends them or moves them on */
        post: operations["submitSandboxJobs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sandbox/jobs/{id}": {
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
        /** Move a job on, as the work it does would */
        patch: operations["changeSandboxJob"];
        trace?: never;
    };
    "/sandbox/faults": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Scripted faults and what they struck */
        get: operations["listSandboxFaults"];
        put?: never;
        /** Script a fault */
        post: operations["addSandboxFault"];
        /** Take all faults back; calls that hang go on */
        delete: operations["clearSandboxFaults"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Spec: {
            /** @description 2 to 32 characters: lower-case letters, digits and hyphens; begins with a letter, ends with a letter or digit */
            team: string;
            /** @description 2 to 32 characters: lower-case letters, digits and hyphens; begins with a letter, ends with a letter or digit */
            name: string;
            /** @example eu-central-1 */
            region?: string;
            /** @description Become tags of every resource */
            labels?: {
                [key: string]: string;
            };
            /** @description Compute environments by name */
            compute?: {
                [key: string]: {
                    /** @enum {string} */
                    type?: "FARGATE" | "FARGATE_SPOT";
                    /** @description Upper limit of running vCPUs; the account quota applies besides */
                    maxVcpus?: number;
                };
            };
            /** @description Job queues by name */
            queues?: {
                [key: string]: {
                    /** @description Higher is served first where queues share compute */
                    priority?: number;
                };
            };
            /** @description Job definitions by name */
            jobs: {
                [key: string]: {
                    /**
                     * @description Container image reference, with a tag or digest
                     * @example public.ecr.aws/docker/library/python:3.13
                     */
                    image: string;
                    command?: string[];
                    /** @description Plain environment variables; never put a secret here */
                    environment?: {
                        [key: string]: string;
                    };
                    /**
                     * @description vCPU of each job, a Fargate size
                     * @enum {number}
                     */
                    vcpus?: 0.25 | 0.5 | 1 | 2 | 4 | 8 | 16;
                    /** @description MiB; must match the vCPU as Fargate pairs them */
                    memoryMiB?: number;
                    /** @description Seconds one attempt may run; Batch takes 60 or more, Fargate ends a task after 14 days */
                    timeoutSeconds?: number;
                    /** @description Attempts in all when Spot interrupts or an image pull fails; a job that fails by itself is not retried */
                    attempts?: number;
                };
            };
            service?: {
                /**
                 * @description Container image reference, with a tag or digest
                 * @example public.ecr.aws/docker/library/python:3.13
                 */
                image?: string;
                /**
                 * @description ECS CPU units of the task; 1024 are one vCPU
                 * @enum {number}
                 */
                cpu?: 256 | 512 | 1024 | 2048 | 4096 | 8192 | 16384;
                /** @description MiB; must match the vCPU as Fargate pairs them */
                memoryMiB?: number;
                desiredCount?: number;
            };
            network?: {
                subnets?: string[];
                securityGroups?: string[];
                assignPublicIp?: boolean;
            };
            logs?: {
                /**
                 * @description Days CloudWatch keeps the log events
                 * @enum {number}
                 */
                retentionDays?: 1 | 3 | 5 | 7 | 14 | 30 | 60 | 90 | 120 | 150 | 180 | 365 | 400 | 545 | 731 | 1096 | 1827 | 2192 | 2557 | 2922 | 3288 | 3653;
            };
            deletion?: {
                /** @description Refuse to delete the environment */
                protected?: boolean;
                /**
                 * @description `refuse`: a bucket with objects stops the deletion before anything is torn down; `empty`: delete the objects; `retain`: the bucket stays in the account
                 * @enum {string}
                 */
                bucket?: "refuse" | "empty" | "retain";
                /**
                 * @description `refuse`: jobs that are not over stop a deletion, or a change that takes their queue or compute away, before anything is touched; `terminate`: end them
                 * @enum {string}
                 */
                jobs?: "refuse" | "terminate";
                /**
                 * @description `retain`: the log group stays in the account
                 * @enum {string}
                 */
                logs?: "delete" | "retain";
            };
            /** @description Tags that others write on the environment's resources, and that are left alone */
            driftIgnore?: {
                tagKeys?: string[];
                tagKeyPrefixes?: string[];
            };
        };
        NamedSpec: {
            /** @description 2 to 32 characters: lower-case letters, digits and hyphens; begins with a letter, ends with a letter or digit */
            team?: string;
            /** @description 2 to 32 characters: lower-case letters, digits and hyphens; begins with a letter, ends with a letter or digit */
            name?: string;
            /** @example eu-central-1 */
            region?: string;
            /** @description Become tags of every resource */
            labels?: {
                [key: string]: string;
            };
            /** @description Compute environments by name */
            compute?: {
                [key: string]: {
                    /** @enum {string} */
                    type?: "FARGATE" | "FARGATE_SPOT";
                    /** @description Upper limit of running vCPUs; the account quota applies besides */
                    maxVcpus?: number;
                };
            };
            /** @description Job queues by name */
            queues?: {
                [key: string]: {
                    /** @description Higher is served first where queues share compute */
                    priority?: number;
                };
            };
            /** @description Job definitions by name */
            jobs: {
                [key: string]: {
                    /**
                     * @description Container image reference, with a tag or digest
                     * @example public.ecr.aws/docker/library/python:3.13
                     */
                    image: string;
                    command?: string[];
                    /** @description Plain environment variables; never put a secret here */
                    environment?: {
                        [key: string]: string;
                    };
                    /**
                     * @description vCPU of each job, a Fargate size
                     * @enum {number}
                     */
                    vcpus?: 0.25 | 0.5 | 1 | 2 | 4 | 8 | 16;
                    /** @description MiB; must match the vCPU as Fargate pairs them */
                    memoryMiB?: number;
                    /** @description Seconds one attempt may run; Batch takes 60 or more, Fargate ends a task after 14 days */
                    timeoutSeconds?: number;
                    /** @description Attempts in all when Spot interrupts or an image pull fails; a job that fails by itself is not retried */
                    attempts?: number;
                };
            };
            service?: {
                /**
                 * @description Container image reference, with a tag or digest
                 * @example public.ecr.aws/docker/library/python:3.13
                 */
                image?: string;
                /**
                 * @description ECS CPU units of the task; 1024 are one vCPU
                 * @enum {number}
                 */
                cpu?: 256 | 512 | 1024 | 2048 | 4096 | 8192 | 16384;
                /** @description MiB; must match the vCPU as Fargate pairs them */
                memoryMiB?: number;
                desiredCount?: number;
            };
            network?: {
                subnets?: string[];
                securityGroups?: string[];
                assignPublicIp?: boolean;
            };
            logs?: {
                /**
                 * @description Days CloudWatch keeps the log events
                 * @enum {number}
                 */
                retentionDays?: 1 | 3 | 5 | 7 | 14 | 30 | 60 | 90 | 120 | 150 | 180 | 365 | 400 | 545 | 731 | 1096 | 1827 | 2192 | 2557 | 2922 | 3288 | 3653;
            };
            deletion?: {
                /** @description Refuse to delete the environment */
                protected?: boolean;
                /**
                 * @description `refuse`: a bucket with objects stops the deletion before anything is torn down; `empty`: delete the objects; `retain`: the bucket stays in the account
                 * @enum {string}
                 */
                bucket?: "refuse" | "empty" | "retain";
                /**
                 * @description `refuse`: jobs that are not over stop a deletion, or a change that takes their queue or compute away, before anything is touched; `terminate`: end them
                 * @enum {string}
                 */
                jobs?: "refuse" | "terminate";
                /**
                 * @description `retain`: the log group stays in the account
                 * @enum {string}
                 */
                logs?: "delete" | "retain";
            };
            /** @description Tags that others write on the environment's resources, and that are left alone */
            driftIgnore?: {
                tagKeys?: string[];
                tagKeyPrefixes?: string[];
            };
        };
        /**
         * @description JSON merge patch (RFC 7396) of the spec: null removes a field
         * @example {
         *       "compute": {
         *         "default": {
         *           "maxVcpus": 200
         *         }
         *       }
         *     }
         */
        SpecPatch: {
            [key: string]: unknown;
        };
        ResolvedSpec: {
            /** @description 2 to 32 characters: lower-case letters, digits and hyphens; begins with a letter, ends with a letter or digit */
            team: string;
            /** @description 2 to 32 characters: lower-case letters, digits and hyphens; begins with a letter, ends with a letter or digit */
            name: string;
            /** @example eu-central-1 */
            region: string;
            /** @description Become tags of every resource */
            labels: {
                [key: string]: string;
            };
            compute: {
                [key: string]: {
                    /** @enum {string} */
                    type: "FARGATE" | "FARGATE_SPOT";
                    /** @description Upper limit of running vCPUs; the account quota applies besides */
                    maxVcpus: number;
                };
            };
            queues: {
                [key: string]: {
                    /** @description Higher is served first where queues share compute */
                    priority: number;
                };
            };
            jobs: {
                [key: string]: {
                    /**
                     * @description Container image reference, with a tag or digest
                     * @example public.ecr.aws/docker/library/python:3.13
                     */
                    image: string;
                    command: string[];
                    /** @description Plain environment variables; never put a secret here */
                    environment: {
                        [key: string]: string;
                    };
                    /**
                     * @description vCPU of each job, a Fargate size
                     * @enum {number}
                     */
                    vcpus: 0.25 | 0.5 | 1 | 2 | 4 | 8 | 16;
                    /** @description MiB; must match the vCPU as Fargate pairs them */
                    memoryMiB: number;
                    /** @description Seconds one attempt may run; Batch takes 60 or more, Fargate ends a task after 14 days */
                    timeoutSeconds: number;
                    /** @description Attempts in all when Spot interrupts or an image pull fails; a job that fails by itself is not retried */
                    attempts: number;
                };
            };
            service: {
                /**
                 * @description Container image reference, with a tag or digest
                 * @example public.ecr.aws/docker/library/python:3.13
                 */
                image: string;
                /**
                 * @description ECS CPU units of the task; 1024 are one vCPU
                 * @enum {number}
                 */
                cpu: 256 | 512 | 1024 | 2048 | 4096 | 8192 | 16384;
                /** @description MiB; must match the vCPU as Fargate pairs them */
                memoryMiB: number;
                desiredCount: number;
            };
            network: {
                subnets: string[] | null;
                securityGroups: string[] | null;
                assignPublicIp: boolean;
            };
            logs: {
                /**
                 * @description Days CloudWatch keeps the log events
                 * @enum {number}
                 */
                retentionDays: 1 | 3 | 5 | 7 | 14 | 30 | 60 | 90 | 120 | 150 | 180 | 365 | 400 | 545 | 731 | 1096 | 1827 | 2192 | 2557 | 2922 | 3288 | 3653;
            };
            deletion: {
                /** @description Refuse to delete the environment */
                protected: boolean;
                /**
                 * @description `refuse`: a bucket with objects stops the deletion before anything is torn down; `empty`: delete the objects; `retain`: the bucket stays in the account
                 * @enum {string}
                 */
                bucket: "refuse" | "empty" | "retain";
                /**
                 * @description `refuse`: jobs that are not over stop a deletion, or a change that takes their queue or compute away, before anything is touched; `terminate`: end them
                 * @enum {string}
                 */
                jobs: "refuse" | "terminate";
                /**
                 * @description `retain`: the log group stays in the account
                 * @enum {string}
                 */
                logs: "delete" | "retain";
            };
            driftIgnore: {
                tagKeys: string[];
                tagKeyPrefixes: string[];
            };
        };
        Environment: {
            /** @example env_01jd3x9c8qe5vb6k2m4n7p8r9s */
            id: string;
            /** @description 2 to 32 characters: lower-case letters, digits and hyphens; begins with a letter, ends with a letter or digit */
            team: string;
            /** @description 2 to 32 characters: lower-case letters, digits and hyphens; begins with a letter, ends with a letter or digit */
            name: string;
            /**
             * @description `sandbox`: simulated, nothing of it exists at AWS
             * @enum {string}
             */
            cloud: "sandbox" | "aws";
            /** @enum {string} */
            phase: "creating" | "ready" | "updating" | "degraded" | "failed" | "deleting" | "deleted";
            /** @description Counts specs */
            generation: number;
            /** @description The generation that is real */
            observedGeneration: number | null;
            conditions: {
                type: string;
                status: boolean;
                /** Format: date-time */
                since: string;
                reason: string;
            }[];
            spec: components["schemas"]["Spec"];
            resolved: components["schemas"]["ResolvedSpec"];
            outputs: components["schemas"]["Outputs"] | null;
            /** @description The newest operation that changes it */
            operation: components["schemas"]["Operation"] | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            links: {
                self: string;
                outputs: string;
                operations: string;
                operation: string | null;
            };
        };
        EnvironmentPage: {
            items: components["schemas"]["Environment"][];
            /** @description Cursor of the next page; null on the last */
            next: string | null;
        };
        Outputs: {
            ecs_cluster_name: string;
            job_queue_name: string;
            job_definition_arn: string;
        } & {
            [key: string]: unknown;
        };
        PreviewResult: {
            /** @description The environment that would be made or changed */
            environmentId: string;
            changes: {
                urn: string;
                /** @example aws:batch/jobQueue:JobQueue */
                resourceType: string;
                /** @description The logical name */
                name: string;
                /** @description The cloud's id of what exists */
                id?: string;
                /** @enum {string} */
                action: "create" | "update" | "replace" | "delete";
                properties: {
                    /** @example computeResources.maxVcpus */
                    path: string;
                    /** @enum {string} */
                    action: "add" | "update" | "delete";
                    /** @description Whether this property is why the resource must be replaced */
                    replaces: boolean;
                }[];
            }[];
            summary: {
                create: number;
                update: number;
                replace: number;
                delete: number;
            };
            /** @description Jobs that are not over in queues that would be replaced or deleted, or lose their compute; null where the cloud could not be asked */
            affectedJobs: {
                count: number;
                running: number;
            } | null;
            /** @description Whether the environment had drifted, so that the changes include what repairs it */
            repairsDrift: boolean;
            stateFingerprint: string;
            programVersion: string;
        };
        DriftResult: {
            resources: {
                urn: string;
                /** @example aws:batch/jobQueue:JobQueue */
                resourceType: string;
                /** @description The logical name */
                name: string;
                id: string;
                /** @enum {string} */
                status: "changed" | "missing";
                properties: {
                    path: string;
                    /** @description As the state has it; null where it has none */
                    expected: unknown;
                    /** @description As the cloud has it; null where it has none */
                    actual: unknown;
                }[];
            }[];
            /** @description What carries this environment's tags and is not in its state */
            unmanaged: {
                arn: string;
                tags: {
                    [key: string]: string;
                };
            }[];
        };
        Operation: {
            /** @example op_01jd3x9c8qe5vb6k2m4n7p8r9s */
            id: string;
            /** @description Null of a preview of an environment that does not exist yet */
            environmentId: string | null;
            /** @enum {string} */
            kind: "create" | "update" | "delete" | "drift-check" | "preview";
            /** @enum {string} */
            state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
            /** @description How often a worker has taken it up */
            attempt: number;
            progress: {
                done: number;
                /** @description Resources in all; null until the program has run through */
                total: number | null;
            };
            steps?: {
                urn: string;
                resourceType: string;
                name: string;
                action: string;
                status: string;
                id?: string;
                /** Format: date-time */
                startedAt?: string;
                /** Format: date-time */
                finishedAt?: string;
            }[];
            /** @description How often the worker has tried again by itself */
            retries: number;
            /** @description When it tries again */
            retryAt: string | null;
            /** @description The failed operation that this one carries on */
            retryOf: string | null;
            preview?: components["schemas"]["PreviewResult"];
            drift?: components["schemas"]["DriftResult"];
            retained?: {
                urn: string;
                resourceType: string;
                name: string;
                id: string;
            }[];
            /** @description Why it failed, or why it was last tried again */
            error: components["schemas"]["OperationError"] | null;
            /** Format: date-time */
            createdAt: string;
            startedAt: string | null;
            finishedAt: string | null;
            links: {
                self: string;
                environment: string | null;
                events: string;
            };
        };
        OperationError: {
            /** @example urn:batchyard:problem:validation-failed */
            type: string;
            title: string;
            detail: string;
            /** @description One of the codes in docs/errors.md */
            code: string;
            /** @description Whether the same request can succeed later */
            retryable: boolean;
            /** @description Whether the worker tries again by itself, a limited number of times */
            transient?: boolean;
            /** @description What to do next */
            next: string;
            resource?: {
                urn: string;
                type: string;
                name: string;
            };
            /** @description The cloud's own request id, for a support case */
            cloudRequestId?: string;
        };
        OperationPage: {
            items: components["schemas"]["Operation"][];
            /** @description Cursor of the next page; null on the last */
            next: string | null;
        };
        OperationEvent: {
            id: number;
            /** @example op_01jd3x9c8qe5vb6k2m4n7p8r9s */
            operationId: string;
            /** Format: date-time */
            at: string;
            event: {
                /** @enum {string} */
                type: "state";
                /** @enum {string} */
                state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                attempt: number;
                reason?: string;
            } | {
                /** @enum {string} */
                type: "plan";
                total: number;
            } | {
                /** @enum {string} */
                type: "resource";
                /** @enum {string} */
                action: "create" | "update" | "replace" | "delete" | "read" | "same";
                /** @enum {string} */
                status: "started" | "succeeded" | "failed";
                urn: string;
                /** @example aws:batch/jobQueue:JobQueue */
                resourceType: string;
                name: string;
                /** @description The cloud's id, once known */
                id?: string;
            } | {
                /** @enum {string} */
                type: "diagnostic";
                /** @enum {string} */
                severity: "info" | "warning" | "error";
                message: string;
                urn?: string;
            } | {
                /** @enum {string} */
                type: "summary";
                changes: {
                    [key: string]: number;
                };
                seconds: number;
            };
        };
        EventPage: {
            items: components["schemas"]["OperationEvent"][];
            /** @description `after` of the next page; null when there is none yet */
            next: string | null;
        };
        Problem: {
            /** @example urn:batchyard:problem:validation-failed */
            type: string;
            title: string;
            detail: string;
            /** @description One of the codes in docs/errors.md */
            code: string;
            status: number;
            requestId: string;
            /** @description The first 100 where there are more; `detail` has their number */
            errors?: {
                /**
                 * @description JSON pointer (RFC 6901) to the field in the request body, or `#query/…`, `#path/…`
                 * @example /jobs/default/memoryMiB
                 */
                pointer: string;
                message: string;
            }[];
            /** @description Of a 412: what has changed since the expected version */
            changed?: {
                /** @description JSON pointer into the spec */
                pointer: string;
                /** @description Absent where there was none */
                before?: unknown;
                /** @description Absent where there is none */
                after?: unknown;
            }[];
            /** @description Link to the operation in the way */
            operation?: string;
        };
        Placement: {
            region: string;
            /**
             * @description AWS account id, 12 digits
             * @example 123456789012
             */
            accountId?: string;
            /** @description ARN of an IAM role to assume */
            roleArn?: string;
            externalId?: string;
            network?: {
                subnets?: string[];
                securityGroups?: string[];
                assignPublicIp?: boolean;
            };
        };
        Guardrails: {
            /** @description Regions besides the placement's; `*` allows any */
            regions?: ("*" | string)[];
            /** @description Subnets besides the placement's; `*` allows any */
            subnets?: ("*" | string)[];
            /** @description Security groups besides the placement's; `*` allows any */
            securityGroups?: ("*" | string)[];
            /** @description Private ECR repositories jobs may pull from, as registry/repository, with an optional final `*`; `*` allows any */
            ecrRepositories?: ("*" | string)[];
        };
        TeamInput: {
            placement: components["schemas"]["Placement"];
            guardrails?: components["schemas"]["Guardrails"];
        };
        Team: {
            /** @description 2 to 32 characters: lower-case letters, digits and hyphens; begins with a letter, ends with a letter or digit */
            team: string;
            placement: components["schemas"]["Placement"];
            guardrails: components["schemas"]["Guardrails"];
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        TeamPage: {
            items: components["schemas"]["Team"][];
            /** @description Cursor of the next page; null on the last */
            next: string | null;
        };
        KeyInput: {
            /** @description What the key is for */
            name: string;
            /** @enum {string} */
            scope: "admin" | "team";
            /** @description 2 to 32 characters: lower-case letters, digits and hyphens; begins with a letter, ends with a letter or digit */
            team?: string;
        };
        Key: {
            id: string;
            name: string;
            /** @enum {string} */
            scope: "admin" | "team";
            team: string | null;
            /** Format: date-time */
            createdAt: string;
        };
        NewKey: {
            id: string;
            name: string;
            /** @enum {string} */
            scope: "admin" | "team";
            team: string | null;
            /** Format: date-time */
            createdAt: string;
            /** @description The bearer token. Shown once; only its hash is stored */
            token: string;
        };
        KeyList: {
            items: components["schemas"]["Key"][];
        };
        Readiness: {
            /** @enum {string} */
            status: "ready" | "not-ready";
            /**
             * @description `sandbox`: simulated, nothing of it exists at AWS
             * @enum {string}
             */
            cloud: "sandbox" | "aws";
            /** @description Says so where everything is simulated */
            notice?: string;
            /** @enum {string} */
            role: "all" | "api" | "worker";
            /** @description Absent where no operations are run */
            engine?: {
                kind: string;
                version: string;
            };
            checks: {
                database: {
                    ok: boolean;
                    detail?: string;
                };
                queue: {
                    ok: boolean;
                    detail?: string;
                };
                sandbox?: {
                    ok: boolean;
                    detail?: string;
                };
            };
        };
        SandboxResource: {
            /** @description Names it in the paths below /sandbox/resources */
            key: string;
            /** @example aws:batch/jobQueue:JobQueue */
            type: string;
            id: string;
            arn?: string;
            name: string;
            /**
             * @description AWS account id, 12 digits
             * @example 123456789012
             */
            account: string;
            region: string;
            tags: {
                [key: string]: string;
            };
            properties: {
                [key: string]: unknown;
            };
            /** Format: date-time */
            createdAt: string;
            status: string;
        };
        SandboxResourceList: {
            items: components["schemas"]["SandboxResource"][];
        };
        SandboxFaultInput: {
            /**
             * @description What it does to the calls it strikes
             * @enum {string}
             */
            kind: "fail" | "throttle" | "hang" | "slow" | "hide";
            /** @enum {string} */
            on: "create" | "read" | "update" | "delete" | "invoke";
            /** @description A resource type or function token; `*`, the default, matches all */
            type?: string;
            /**
             * @description AWS account id, 12 digits
             * @example 123456789012
             */
            account?: string;
            namePrefix?: string;
            /** @description The first matching call it strikes, counted from now */
            nth?: number;
            /** @description How many calls it strikes; 0: all from there on */
            count?: number;
            /**
             * @description `response`: it happened in the cloud, only the answer fails
             * @enum {string}
             */
            at?: "request" | "response";
            /** @description AWS's error code, for `fail` */
            code?: string;
            message?: string;
            httpStatus?: number;
            seconds?: number;
            reads?: number;
        };
        SandboxFault: {
            /**
             * @description What it does to the calls it strikes
             * @enum {string}
             */
            kind: "fail" | "throttle" | "hang" | "slow" | "hide";
            /** @enum {string} */
            on: "create" | "read" | "update" | "delete" | "invoke";
            /** @description A resource type or function token; `*`, the default, matches all */
            type?: string;
            /**
             * @description AWS account id, 12 digits
             * @example 123456789012
             */
            account?: string;
            namePrefix?: string;
            /** @description The first matching call it strikes, counted from now */
            nth?: number;
            /** @description How many calls it strikes; 0: all from there on */
            count?: number;
            /**
             * @description `response`: it happened in the cloud, only the answer fails
             * @enum {string}
             */
            at?: "request" | "response";
            /** @description AWS's error code, for `fail` */
            code?: string;
            message?: string;
            httpStatus?: number;
            seconds?: number;
            reads?: number;
            id: string;
            matched: number;
            struck: number;
        };
        SandboxFaultList: {
            items: components["schemas"]["SandboxFault"][];
        };
        SandboxObject: {
            key: string;
            size: number;
        };
        SandboxObjectList: {
            items: components["schemas"]["SandboxObject"][];
        };
        SandboxJobsInput: {
            /** @description The queue's ARN, or its name where no other account or region has one of that name */
            queue: string;
            /** @default 1 */
            count: number;
            /**
             * @default RUNNING
             * @enum {string}
             */
            status: "SUBMITTED" | "PENDING" | "RUNNABLE" | "STARTING" | "RUNNING" | "SUCCEEDED" | "FAILED";
        };
        SandboxJob: {
            /** Format: uuid */
            id: string;
            name: string;
            /** @description The queue's ARN */
            queue: string;
            /** @enum {string} */
            status: "SUBMITTED" | "PENDING" | "RUNNABLE" | "STARTING" | "RUNNING" | "SUCCEEDED" | "FAILED";
            /**
             * @description AWS account id, 12 digits
             * @example 123456789012
             */
            account: string;
            region: string;
            /** Format: date-time */
            createdAt: string;
            /** @description Why it was ended */
            reason?: string;
        };
        SandboxJobList: {
            items: components["schemas"]["SandboxJob"][];
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
    livez: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "ok";
                    };
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
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description Default Response */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
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
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listEnvironments: {
        parameters: {
            query?: {
                /** @description 2 to 32 characters: lower-case letters, digits and hyphens; begins with a letter, ends with a letter or digit */
                team?: string;
                /** @description 2 to 32 characters: lower-case letters, digits and hyphens; begins with a letter, ends with a letter or digit */
                name?: string;
                phase?: "creating" | "ready" | "updating" | "degraded" | "failed" | "deleting" | "deleted";
                /** @description May be given several times; environments with all of these labels */
                label?: string[];
                limit?: number;
                /** @description `next` of the page before */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnvironmentPage"];
                };
            };
            /** @description A problem; `code` says which */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            503: {
                headers: {
                    /** @description Seconds after which trying again makes sense */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createEnvironment: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body within 24 hours give the same answer and are done once; another body is answered 422 */
                "idempotency-key"?: string;
                /**
                 * @description Id of a preview: do exactly what it showed, or answer 409
                 * @example op_01jd3x9c8qe5vb6k2m4n7p8r9s
                 */
                "if-preview"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Spec"];
            };
        };
        responses: {
            /** @description Accepted; follow the operation */
            202: {
                headers: {
                    location?: string;
                    /** @description Follows the generation */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Environment"];
                };
            };
            /** @description A problem; `code` says which */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            503: {
                headers: {
                    /** @description Seconds after which trying again makes sense */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getEnvironment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example env_01jd3x9c8qe5vb6k2m4n7p8r9s */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    /** @description Follows the generation */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Environment"];
                };
            };
            /** @description A problem; `code` says which */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            503: {
                headers: {
                    /** @description Seconds after which trying again makes sense */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteEnvironment: {
        parameters: {
            query?: {
                /** @description Refuse to delete the environment */
                protected?: boolean;
                /** @description `refuse`: a bucket with objects stops the deletion before anything is torn down; `empty`: delete the objects; `retain`: the bucket stays in the account */
                bucket?: "refuse" | "empty" | "retain";
                /** @description `refuse`: jobs that are not over stop a deletion, or a change that takes their queue or compute away, before anything is touched; `terminate`: end them */
                jobs?: "refuse" | "terminate";
                /** @description `retain`: the log group stays in the account */
                logs?: "delete" | "retain";
            };
            header?: {
                /** @description The ETag the request is meant for, or `*` for any environment that exists; 412 when it is another by now */
                "if-match"?: string;
            };
            path: {
                /** @example env_01jd3x9c8qe5vb6k2m4n7p8r9s */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Was deleted before */
            200: {
                headers: {
                    /** @description Follows the generation */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Environment"];
                };
            };
            /** @description Accepted; follow the operation */
            202: {
                headers: {
                    /** @description Follows the generation */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Environment"];
                };
            };
            /** @description A problem; `code` says which */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            503: {
                headers: {
                    /** @description Seconds after which trying again makes sense */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    updateEnvironment: {
        parameters: {
            query?: {
                /** @description `refuse`: jobs that are not over stop a deletion, or a change that takes their queue or compute away, before anything is touched; `terminate`: end them */
                jobs?: "refuse" | "terminate";
            };
            header?: {
                /** @description The same key and body within 24 hours give the same answer and are done once; another body is answered 422 */
                "idempotency-key"?: string;
                /**
                 * @description Id of a preview: do exactly what it showed, or answer 409
                 * @example op_01jd3x9c8qe5vb6k2m4n7p8r9s
                 */
                "if-preview"?: string;
                /** @description The ETag the request is meant for, or `*` for any environment that exists; 412 when it is another by now */
                "if-match"?: string;
            };
            path: {
                /** @example env_01jd3x9c8qe5vb6k2m4n7p8r9s */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SpecPatch"];
                "application/merge-patch+json": components["schemas"]["SpecPatch"];
            };
        };
        responses: {
            /** @description Nothing to do: it is what the spec says, or an operation is making it so */
            200: {
                headers: {
                    /** @description Follows the generation */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Environment"];
                };
            };
            /** @description Accepted; follow the operation */
            202: {
                headers: {
                    location?: string;
                    /** @description Follows the generation */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Environment"];
                };
            };
            /** @description A problem; `code` says which */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            503: {
                headers: {
                    /** @description Seconds after which trying again makes sense */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getOutputs: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example env_01jd3x9c8qe5vb6k2m4n7p8r9s */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Outputs"];
                };
            };
            /** @description A problem; `code` says which */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            409: {
                headers: {
                    /** @description Seconds after which trying again makes sense */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            503: {
                headers: {
                    /** @description Seconds after which trying again makes sense */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listOperations: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next` of the page before */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @example env_01jd3x9c8qe5vb6k2m4n7p8r9s */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperationPage"];
                };
            };
            /** @description A problem; `code` says which */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            503: {
                headers: {
                    /** @description Seconds after which trying again makes sense */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putEnvironment: {
        parameters: {
            query?: {
                /** @description `refuse`: jobs that are not over stop a deletion, or a change that takes their queue or compute away, before anything is touched; `terminate`: end them */
                jobs?: "refuse" | "terminate";
            };
            header?: {
                /** @description The same key and body within 24 hours give the same answer and are done once; another body is answered 422 */
                "idempotency-key"?: string;
                /**
                 * @description Id of a preview: do exactly what it showed, or answer 409
                 * @example op_01jd3x9c8qe5vb6k2m4n7p8r9s
                 */
                "if-preview"?: string;
                /** @description The ETag the request is meant for, or `*` for any environment that exists; 412 when it is another by now */
                "if-match"?: string;
                /** @description Only create: 412 when the environment exists */
                "if-none-match"?: "*";
            };
            path: {
                /** @description 2 to 32 characters: lower-case letters, digits and hyphens; begins with a letter, ends with a letter or digit */
                team: string;
                /** @description 2 to 32 characters: lower-case letters, digits and hyphens; begins with a letter, ends with a letter or digit */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NamedSpec"];
            };
        };
        responses: {
            /** @description Nothing to do: it is what the spec says, or an operation is making it so */
            200: {
                headers: {
                    /** @description Follows the generation */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Environment"];
                };
            };
            /** @description Accepted; follow the operation */
            202: {
                headers: {
                    location?: string;
                    /** @description Follows the generation */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Environment"];
                };
            };
            /** @description A problem; `code` says which */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            503: {
                headers: {
                    /** @description Seconds after which trying again makes sense */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    previewCreation: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body within 24 hours give the same answer and are done once; another body is answered 422 */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Spec"];
            };
        };
        responses: {
            /** @description Accepted; follow the operation, its report is in it */
            202: {
                headers: {
                    location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Operation"];
                };
            };
            /** @description A problem; `code` says which */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            503: {
                headers: {
                    /** @description Seconds after which trying again makes sense */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    previewChange: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body within 24 hours give the same answer and are done once; another body is answered 422 */
                "idempotency-key"?: string;
            };
            path: {
                /** @example env_01jd3x9c8qe5vb6k2m4n7p8r9s */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SpecPatch"];
                "application/merge-patch+json": components["schemas"]["SpecPatch"];
            };
        };
        responses: {
            /** @description Accepted; follow the operation, its report is in it */
            202: {
                headers: {
                    location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Operation"];
                };
            };
            /** @description A problem; `code` says which */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            503: {
                headers: {
                    /** @description Seconds after which trying again makes sense */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    checkDrift: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body within 24 hours give the same answer and are done once; another body is answered 422 */
                "idempotency-key"?: string;
            };
            path: {
                /** @example env_01jd3x9c8qe5vb6k2m4n7p8r9s */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted; follow the operation, its report is in it */
            202: {
                headers: {
                    location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Operation"];
                };
            };
            /** @description A problem; `code` says which */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            503: {
                headers: {
                    /** @description Seconds after which trying again makes sense */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getOperation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example op_01jd3x9c8qe5vb6k2m4n7p8r9s */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Operation"];
                };
            };
            /** @description A problem; `code` says which */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            503: {
                headers: {
                    /** @description Seconds after which trying again makes sense */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancelOperation: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body within 24 hours give the same answer and are done once; another body is answered 422 */
                "idempotency-key"?: string;
            };
            path: {
                /** @example op_01jd3x9c8qe5vb6k2m4n7p8r9s */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It has ended */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Operation"];
                };
            };
            /** @description It was asked to stop; follow it */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Operation"];
                };
            };
            /** @description A problem; `code` says which */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            503: {
                headers: {
                    /** @description Seconds after which trying again makes sense */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retryOperation: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body within 24 hours give the same answer and are done once; another body is answered 422 */
                "idempotency-key"?: string;
            };
            path: {
                /** @example op_01jd3x9c8qe5vb6k2m4n7p8r9s */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted; follow the new operation */
            202: {
                headers: {
                    location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Operation"];
                };
            };
            /** @description A problem; `code` says which */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            503: {
                headers: {
                    /** @description Seconds after which trying again makes sense */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listEvents: {
        parameters: {
            query?: {
                limit?: number;
                /** @description Only events with a greater id */
                after?: number;
            };
            header?: {
                /** @description Of a stream: only events with a greater id; whatever broke off is taken up with it */
                "last-event-id"?: string;
            };
            path: {
                /** @example op_01jd3x9c8qe5vb6k2m4n7p8r9s */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page, or a stream */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventPage"];
                    "text/event-stream": string;
                };
            };
            /** @description Only to a stream: the operation has ended and nothing follows, so do not come back */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem; `code` says which */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            503: {
                headers: {
                    /** @description Seconds after which trying again makes sense */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTeam: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 2 to 32 characters: lower-case letters, digits and hyphens; begins with a letter, ends with a letter or digit */
                team: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Team"];
                };
            };
            /** @description A problem; `code` says which */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            503: {
                headers: {
                    /** @description Seconds after which trying again makes sense */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putTeam: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 2 to 32 characters: lower-case letters, digits and hyphens; begins with a letter, ends with a letter or digit */
                team: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TeamInput"];
            };
        };
        responses: {
            /** @description Replaced */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Team"];
                };
            };
            /** @description Added */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Team"];
                };
            };
            /** @description A problem; `code` says which */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            503: {
                headers: {
                    /** @description Seconds after which trying again makes sense */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listTeams: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next` of the page before */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TeamPage"];
                };
            };
            /** @description A problem; `code` says which */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            503: {
                headers: {
                    /** @description Seconds after which trying again makes sense */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyList"];
                };
            };
            /** @description A problem; `code` says which */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            503: {
                headers: {
                    /** @description Seconds after which trying again makes sense */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body within 24 hours give the same answer and are done once; another body is answered 422 */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeyInput"];
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewKey"];
                };
            };
            /** @description A problem; `code` says which */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            503: {
                headers: {
                    /** @description Seconds after which trying again makes sense */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteKey: {
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
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem; `code` says which */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            503: {
                headers: {
                    /** @description Seconds after which trying again makes sense */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listSandboxResources: {
        parameters: {
            query?: {
                type?: string;
                /**
                 * @description AWS account id, 12 digits
                 * @example 123456789012
                 */
                account?: string;
                region?: string;
                /** @description `key` or `key=value` */
                tag?: string;
                name?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SandboxResourceList"];
                };
            };
            /** @description A problem; `code` says which */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            503: {
                headers: {
                    /** @description Seconds after which trying again makes sense */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSandboxResource: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SandboxResource"];
                };
            };
            /** @description A problem; `code` says which */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            503: {
                headers: {
                    /** @description Seconds after which trying again makes sense */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteSandboxResource: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem; `code` says which */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            503: {
                headers: {
                    /** @description Seconds after which trying again makes sense */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeSandboxResource: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    properties: {
                        [key: string]: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SandboxResource"];
                };
            };
            /** @description A problem; `code` says which */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            503: {
                headers: {
                    /** @description Seconds after which trying again makes sense */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    restoreDefaultVpc: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description AWS account id, 12 digits
                 * @example 123456789012
                 */
                account: string;
                region: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem; `code` says which */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            503: {
                headers: {
                    /** @description Seconds after which trying again makes sense */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    removeDefaultVpc: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description AWS account id, 12 digits
                 * @example 123456789012
                 */
                account: string;
                region: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem; `code` says which */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            503: {
                headers: {
                    /** @description Seconds after which trying again makes sense */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listSandboxObjects: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                bucket: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SandboxObjectList"];
                };
            };
            /** @description A problem; `code` says which */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            503: {
                headers: {
                    /** @description Seconds after which trying again makes sense */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    emptySandboxBucket: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                bucket: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem; `code` says which */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            503: {
                headers: {
                    /** @description Seconds after which trying again makes sense */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putSandboxObject: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                bucket: string;
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    size: number;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SandboxObject"];
                };
            };
            /** @description A problem; `code` says which */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            503: {
                headers: {
                    /** @description Seconds after which trying again makes sense */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listSandboxJobs: {
        parameters: {
            query?: {
                /** @description The queue's ARN */
                queue?: string;
                status?: "SUBMITTED" | "PENDING" | "RUNNABLE" | "STARTING" | "RUNNING" | "SUCCEEDED" | "FAILED";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SandboxJobList"];
                };
            };
            /** @description A problem; `code` says which */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            503: {
                headers: {
                    /** @description Seconds after which trying again makes sense */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    submitSandboxJobs: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body within 24 hours give the same answer and are done once; another body is answered 422 */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SandboxJobsInput"];
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SandboxJobList"];
                };
            };
            /** @description A problem; `code` says which */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            503: {
                headers: {
                    /** @description Seconds after which trying again makes sense */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeSandboxJob: {
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
                "application/json": {
                    /** @enum {string} */
                    status: "SUBMITTED" | "PENDING" | "RUNNABLE" | "STARTING" | "RUNNING" | "SUCCEEDED" | "FAILED";
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SandboxJob"];
                };
            };
            /** @description A problem; `code` says which */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            503: {
                headers: {
                    /** @description Seconds after which trying again makes sense */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listSandboxFaults: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SandboxFaultList"];
                };
            };
            /** @description A problem; `code` says which */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            503: {
                headers: {
                    /** @description Seconds after which trying again makes sense */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    addSandboxFault: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body within 24 hours give the same answer and are done once; another body is answered 422 */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SandboxFaultInput"];
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SandboxFault"];
                };
            };
            /** @description A problem; `code` says which */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            503: {
                headers: {
                    /** @description Seconds after which trying again makes sense */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    clearSandboxFaults: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A problem; `code` says which */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A problem; `code` says which */
            503: {
                headers: {
                    /** @description Seconds after which trying again makes sense */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
