namespace Broadside.IoUring.Tests;

/// <summary>Rings that are refused only when an engine starts, although one was allowed when the kernel was asked.</summary>
public sealed class FallbackTests
{
    private static readonly EngineOptions TwoChannels = new() { Channels = 2 };

    public FallbackTests() => Require.Environment(IoUringBackend.IsSupported(out var reason), reason);

    [Fact]
    public async Task AnEngineThatMayChooseRunsOnSocketsThen()
    {
        var before = Descriptors.CountOfTransport();
        var engine = new BackendChoice(new OneRing(), "", IsFree: true).Start(TwoChannels);
        Assert.Equal("sockets", engine.Backend);
        await engine.StopAsync();

        // The channel that could start has been stopped.
        Assert.Equal(before, Descriptors.CountOfTransport());
    }

    [Fact]
    public void AnEngineThatMayNotSaysWhy()
    {
        var exception = Assert.Throws<PlatformNotSupportedException>(() => new BackendChoice(new OneRing(), "").Start(TwoChannels));
        Assert.Equal(exception.InnerException!.Message, exception.Message);
    }

    /// <summary>A machine that has a ring for the first channel only: the kernel refuses one without places.</summary>
    private sealed class OneRing : ChannelBackend
    {
        private readonly IoUringBackend _allowed = new();
        private readonly IoUringBackend _refused = new(new IoUringOptions { CompletionEntries = 0 });

        public override string Name => "iouring";

        public override IoChannel CreateChannel(ChannelSettings settings) => (settings.Index == 0 ? _allowed : _refused).CreateChannel(settings);
    }
}
