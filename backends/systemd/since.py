"""Since which version of systemd there is what a unit may say.

In: nothing. Out: directives, and values of older ones, by the version that brought them,
after the "Added in version" lines of systemd.service(5), systemd.exec(5),
systemd.resource-control(5), systemd.kill(5) and systemd.timer(5). What is not here is older
than 220, or systemd has no such directive.
"""

from collections.abc import Mapping

__all__ = ["SINCE", "VALUES_SINCE"]

VERSIONS: Mapping[int, tuple[str, ...]] = {
    225: ("UtmpMode",),
    227: ("TasksAccounting", "TasksMax", "USBFunctionDescriptors", "USBFunctionStrings"),
    228: ("PassEnvironment",),
    229: ("AmbientCapabilities", "RandomizedDelaySec", "RuntimeMaxSec"),
    230: (
        *("IOAccounting", "IODeviceWeight", "IOReadBandwidthMax", "IOReadIOPSMax"),
        *("IOWeight", "IOWriteBandwidthMax", "IOWriteIOPSMax"),
    ),
    231: (
        *("InaccessiblePaths", "MemoryDenyWriteExecute", "MemoryHigh", "MemoryMax"),
        *("ReadOnlyPaths", "ReadWritePaths", "RestrictRealtime"),
    ),
    232: (
        *("CPUWeight", "MemorySwapMax", "PrivateUsers", "ProtectControlGroups"),
        *("ProtectKernelModules", "ProtectKernelTunables", "RemoveIPC", "StartupCPUWeight"),
    ),
    233: ("BindPaths", "BindReadOnlyPaths", "MountAPIVFS", "RestrictNamespaces", "RootImage"),
    235: (
        *("CacheDirectory", "CacheDirectoryMode", "ConfigurationDirectory", "DynamicUser"),
        *("ConfigurationDirectoryMode", "IPAccounting", "IPAddressAllow", "IPAddressDeny"),
        *("KeyringMode", "LockPersonality", "LogsDirectory", "LogsDirectoryMode"),
        *("RuntimeDirectoryPreserve", "StateDirectory", "StateDirectoryMode", "UnsetEnvironment"),
    ),
    236: ("LogExtraFields", "LogLevelMax", "StandardInputData", "StandardInputText"),
    238: ("TemporaryFileSystem",),
    239: ("PrivateMounts",),
    240: (
        *("DisableControllers", "FinalKillSignal", "IODeviceLatencyTargetSec", "MemoryMin"),
        *("LogRateLimitBurst", "LogRateLimitIntervalSec", "WatchdogSignal"),
    ),
    242: (
        *("CPUQuotaPeriodSec", "NetworkNamespacePath", "OnClockChange", "OnTimezoneChange"),
        *("ProtectHostname", "RestrictSUIDSGID"),
    ),
    243: (
        *("ExecCondition", "IPEgressFilterPath", "IPIngressFilterPath", "NUMAMask"),
        *("NUMAPolicy", "OOMPolicy", "TimeoutAbortSec"),
    ),
    244: (
        *("AllowedCPUs", "AllowedMemoryNodes", "ProtectKernelLogs", "RestartKillSignal"),
        "TimeoutCleanSec",
    ),
    245: ("LogNamespace", "ProtectClock"),
    246: (
        *("CoredumpFilter", "RootHash", "RootHashSignature", "RootVerity"),
        *("TimeoutStartFailureMode", "TimeoutStopFailureMode"),
    ),
    247: (
        *("FixedRandomDelay", "LoadCredential", "ManagedOOMMemoryPressure"),
        *("ManagedOOMMemoryPressureLimit", "ManagedOOMSwap", "MountImages", "ProcSubset"),
        *("ProtectProc", "RootImageOptions", "SetCredential", "SystemCallLog"),
    ),
    248: (
        *("ExecPaths", "ExtensionImages", "IPCNamespacePath", "ManagedOOMPreference"),
        *("NoExecPaths", "PrivateIPC"),
    ),
    249: ("BPFProgram", "SocketBindAllow", "SocketBindDeny"),
    250: (
        *("ExecSearchPath", "ExitType", "LoadCredentialEncrypted", "RestrictFileSystems"),
        *("RestrictNetworkInterfaces", "RuntimeRandomizedExtraSec", "SetCredentialEncrypted"),
        *("TTYColumns", "TTYRows"),
    ),
    251: ("ExtensionDirectories",),
    252: ("StartupAllowedCPUs", "StartupAllowedMemoryNodes"),
    253: ("LogFilterPatterns", "MemoryZSwapMax", "OpenFile", "ReloadSignal"),
    254: (
        *("DelegateSubgroup", "ExtensionImagePolicy", "FileDescriptorStorePreserve"),
        *("ImportCredential", "MemoryKSM", "MemoryPressureThresholdSec", "MemoryPressureWatch"),
        *("MountImagePolicy", "RestartMaxDelaySec", "RestartMode", "RestartSteps"),
        *("RootEphemeral", "RootImagePolicy", "StartupMemoryHigh", "StartupMemoryLow"),
        *("StartupMemoryMax", "StartupMemorySwapMax", "StartupMemoryZSwapMax"),
    ),
    255: ("CoredumpReceive", "NFTSet", "SetLoginEnvironment", "SurviveFinalKillSignal"),
    256: ("MemoryZSwapWriteback",),
    257: ("BindLogSockets", "DeferReactivation", "PrivatePIDs"),
    258: ("RandomizedOffsetSec", "RefreshOnReload"),
}
"""What each version brought."""

SINCE: Mapping[str, int] = {
    directive: version for version, directives in VERSIONS.items() for directive in directives
}

VALUES_SINCE: Mapping[str, Mapping[str, int]] = {
    "ProtectHome": {"tmpfs": 238},
    "ProtectSystem": {"strict": 232},
    "StandardError": {"file:": 236, "append:": 240, "truncate:": 248},
    "StandardOutput": {"file:": 236, "append:": 240, "truncate:": 248},
    "Type": {"exec": 240, "notify-reload": 253},
}
"""Beginnings of values that came later than their directive."""
