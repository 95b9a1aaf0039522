namespace Broadside.Groups;

/// <summary>Taking back what is pending.</summary>
internal sealed partial class SendQueue
{
    /// <summary>Withdraws one send.</summary>
    public ValueTask<UnsendResult> UnsendAsync(in SendReceipt receipt)
    {
        if (receipt.Members == 0)
        {
            return new ValueTask<UnsendResult>(default(UnsendResult));
        }

        return UnsendRequest.Rent(receipt, Owner.Scheduling).Start(Volatile.Read(ref _shards));
    }

    /// <summary>Withdraws every pending send of a record.</summary>
    public ValueTask<UnsendResult> UnsendAsync(long recordId) => UnsendRequest.Rent(recordId, _clock.Last, Owner.Scheduling).Start(Volatile.Read(ref _shards));
}
