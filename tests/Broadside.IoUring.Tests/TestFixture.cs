namespace Broadside.IoUring.Tests;

/// <summary>The io_uring backend with options of the test's.</summary>
public class TestFixture : RealTimeFixture
{
    public IoUringOptions Options { get; set; } = new();

    public override bool UsesDescriptors => false;

    public override ValueTask StartAsync()
    {
        Require.Environment(IoUringBackend.IsSupported(out var reason), reason);
        return base.StartAsync();
    }

    internal static IoUringChannel Inner(IoChannel channel) => (IoUringChannel)channel;

    protected override ChannelBackend CreateBackend() => new IoUringBackend(Options);
}
