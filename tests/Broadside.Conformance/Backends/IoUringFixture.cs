using Broadside.IoUring;

namespace Broadside.Conformance.Backends;

/// <summary>The io_uring backend, where the machine has it.</summary>
public class IoUringFixture : RealTimeFixture
{
    /// <summary>Its connections are direct descriptors, which the process does not see.</summary>
    public override bool UsesDescriptors => false;

    public override ValueTask StartAsync()
    {
        Require.Environment(IoUringBackend.IsSupported(out var reason), reason);
        return base.StartAsync();
    }

    protected override ChannelBackend CreateBackend() => new IoUringBackend(Options);

    protected virtual IoUringOptions Options => new();
}
