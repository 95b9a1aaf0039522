using Broadside.IoUring.Interop;

namespace Broadside.IoUring.Tests;

/// <summary>Each reason why io_uring cannot be used has a message of its own, which names what is missing.</summary>
public sealed class SupportTests
{
    [Theory]
    [InlineData(Errno.NoSystemCall, null, "seccomp")]
    [InlineData(Errno.NotPermitted, null, "seccomp")]
    [InlineData(Errno.NotPermitted, 0, "seccomp")]
    [InlineData(Errno.NotPermitted, 1, "kernel.io_uring_disabled=1")]
    [InlineData(Errno.NotPermitted, 2, "kernel.io_uring_disabled=2")]
    [InlineData(Errno.Invalid, 0, "Linux 6.8")]
    [InlineData(Errno.NoMemory, 0, "RLIMIT_MEMLOCK")]
    [InlineData(Errno.TooManyFiles, 0, "RLIMIT_NOFILE")]
    [InlineData(77, 0, "error 77")]
    public void ARefusalIsExplained(int error, int? disabled, string named) =>
        Assert.Contains(named, IoUringSupport.Explain(error, disabled), StringComparison.Ordinal);

    [Fact]
    public void TheMissingOperationIsNamed()
    {
        var message = IoUringSupport.FindMissing(static opcode => opcode != Opcode.InstallFile);
        Assert.NotNull(message);
        Assert.Contains("InstallFile", message, StringComparison.Ordinal);
        Assert.Contains("6.8", message, StringComparison.Ordinal);
        Assert.Null(IoUringSupport.FindMissing(static _ => true));
    }

    [Fact]
    public void TheBackendSaysWhyItCannotBeMade()
    {
        if (IoUringBackend.IsSupported(out var reason))
        {
            Assert.Empty(reason);
            using var backend = new IoUringBackend();
            Assert.Equal("iouring", backend.Name);
        }
        else
        {
            Assert.Equal(reason, Assert.Throws<PlatformNotSupportedException>(() => new IoUringBackend()).Message);
        }
    }
}
