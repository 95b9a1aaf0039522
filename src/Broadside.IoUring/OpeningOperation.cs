using System.Net;
using System.Runtime.InteropServices;
using Broadside.Channels;
using Broadside.IoUring.Interop;

namespace Broadside.IoUring;

/// <summary>
/// The operations that open a connection, with the memory the kernel reads and writes meanwhile: addresses and option values. Pooled,
/// as a connection needs it only once.
/// </summary>
internal sealed unsafe class OpeningOperation : ICompletionTarget, IDisposable
{
    private const int ValuesOffset = NativeAddress.MaximumLength;

    private readonly byte* _memory = (byte*)NativeMemory.AlignedAlloc(ValuesOffset + (TransportSettings.Maximum * sizeof(int)), 8);

    /// <summary>Its place among the channel's targets.</summary>
    public ulong Key { get; set; }

    public IoUringConnection Connection { get; set; } = null!;

    /// <summary>Who is to handle an accepted connection; null for one made from here.</summary>
    public IConnectionAcceptor? Acceptor { get; set; }

    /// <summary>Completions still to come.</summary>
    public int Pending { get; set; }

    /// <summary>The first error that was not merely the consequence of another; 0 without one.</summary>
    public int Error { get; set; }

    /// <summary>This side's endpoint, where the kernel had to be asked for it.</summary>
    public EndPoint? Local { get; set; }

    public byte* Address => _memory;

    public int AddressLength { get; set; }

    /// <summary>The memory of an option's value.</summary>
    public int* Value(int index) => (int*)(_memory + ValuesOffset) + index;

    public void OnCompletion(OperationKind kind, in CompletionEntry completion) => Connection.OnOpening(this, kind, completion.Result);

    /// <summary>Forgets whom it served.</summary>
    public void Clear()
    {
        Connection = null!;
        Acceptor = null;
        Local = null;
        Error = 0;
        AddressLength = 0;
    }

    public void Dispose() => NativeMemory.AlignedFree(_memory);
}
