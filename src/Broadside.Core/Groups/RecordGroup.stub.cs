namespace Broadside;

/// <summary>Stub.</summary>
public sealed class RecordConnection
{
}

/// <summary>Stub.</summary>
public sealed class RecordGroup
{
}
