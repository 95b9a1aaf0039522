using System.Runtime.CompilerServices;

namespace Broadside.Servers.Tests;

/// <summary>Plain clients block the threads they run on; the servers under test must not starve for it.</summary>
internal static class Threads
{
    [ModuleInitializer]
    internal static void Provide() => ThreadPool.SetMinThreads(32, 8);
}
