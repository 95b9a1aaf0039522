using Broadside.NetStack;
using Broadside.NetStack.Devices;

namespace Broadside.Conformance.Backends;

/// <summary>The network stack at both ends of a wire in shared memory.</summary>
public sealed class NetStackSharedMemoryFixture : LinkedFixture
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("broadside");

    public override ValueTask StartAsync()
    {
        Require.Environment(OperatingSystem.IsLinux(), "Wires in shared memory need Linux.");
        return base.StartAsync();
    }

    protected override ChannelBackend CreateBackend()
    {
        var path = Path.Combine(_directory.FullName, "wire");
        return new NetStackBackend(index => new NetworkAttachment(() => new SharedMemoryDevice(path), OptionsOf(index)));
    }

    protected override void CleanUp() => _directory.Delete(true);
}
