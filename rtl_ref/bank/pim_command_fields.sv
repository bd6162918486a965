`include "pim_assert.svh"
`include "pim_pkg.svh"
// Fields of a descriptor that the units of the bank take as they are, and what is said in a few gates of them. They have
// passed the decoder, so their upper bits are 0.
module pim_command_fields #(
    parameter int SparseWeights = 1
) (
    /* verilator lint_off UNUSEDSIGNAL */
    input  logic              clk_i,      // for assertions
    input  logic              checked_i,  // the command is there and good
    input  logic [1023:0]     command_i,
    /* verilator lint_on UNUSEDSIGNAL */
    input  pim_pkg::decoded_t decoded_i,
    output pim_pkg::fields_t  fields_o
);
  `include "pim_abi.svh"

  // ---- where it is, in BRAM
  /* verilator lint_off UNUSEDSIGNAL */
  logic [31:0] bram_in, bram_out, pitch;
  /* verilator lint_on UNUSEDSIGNAL */
  logic [7:0] kv_bits;
  always_comb begin
    bram_in  = command_i[CmdAttentionBramIn+:32];
    bram_out = command_i[CmdAttentionBramOut+:32];
    pitch    = command_i[CmdAttentionPitch+:32];
    kv_bits  = command_i[CmdAttentionKvBits+:8];
    if (decoded_i.is_mac) begin
      bram_in  = command_i[CmdMacBramIn+:32];
      bram_out = command_i[CmdMacBramOut+:32];
      pitch    = command_i[CmdMacOutRows+:32];
    end
    if (decoded_i.is_store) begin
      bram_in = command_i[CmdStoreBramIn+:32];
      kv_bits = command_i[CmdStoreKvBits+:8];
    end
    if (decoded_i.is_fill) bram_out = command_i[CmdFillBram+:32];
  end
  assign fields_o.bram_in  = bram_in[21:0];
  assign fields_o.bram_out = bram_out[21:0];
  assign fields_o.pitch    = pitch[19:0];
  assign fields_o.kv_bits  = kv_bits[4:0];

  // ---- lanes of a code, and what else its format says
  logic [7:0] weight_bits, sparsity;
  logic is_mac, eight;
  assign weight_bits        = command_i[CmdMacWeightBits+:8];
  assign sparsity           = command_i[CmdMacSparsity+:8];
  assign is_mac             = decoded_i.is_mac;
  assign eight              = is_mac && weight_bits == 8'd8;
  assign fields_o.one_lane  = is_mac ? !eight : kv_bits == 8'd4;
  assign fields_o.two_lanes = is_mac ? eight : kv_bits == 8'd8;
  assign fields_o.three     = is_mac && weight_bits == 8'd3;
  assign fields_o.five      = is_mac && weight_bits == 8'd5;
  assign fields_o.eight     = eight;
  assign fields_o.sparse8   = SparseWeights != 0 && is_mac && sparsity == 8'd8;
  assign fields_o.sparse4   = SparseWeights != 0 && is_mac && sparsity == 8'd4;
  assign fields_o.sparse2   = SparseWeights != 0 && is_mac && sparsity == 8'd2;
  assign fields_o.a16       = !is_mac || command_i[CmdMacActivationBits+:8] == 8'd16;
  assign fields_o.group32   = command_i[CmdMacGroup+5];
  assign fields_o.group64   = command_i[CmdMacGroup+6];
  assign fields_o.zeros     = command_i[CmdMacZeroBits+:8] != '0;

  // A last K tile of several vectors is accumulated first and rounded in place when all of it is there: results of one
  // vector would overwrite sums of another that are still needed.
  logic round_later;
  assign round_later          = decoded_i.accumulate && !decoded_i.raw && decoded_i.vectors != 20'd1;
  assign fields_o.round_later = round_later;
  assign fields_o.keep        = decoded_i.raw || round_later;

  // ---- MAC
  assign fields_o.rows            = command_i[CmdMacRows+:21];
  assign fields_o.halves          = command_i[CmdMacK+5+:12];
  assign fields_o.weight_exponent = command_i[CmdMacWeightExponent+:16];

  // ---- attention
  logic [7:0] heads, members;
  logic [10:0] head_dim;
  assign heads                     = command_i[CmdAttentionHeadsPerGroup+:8];
  assign head_dim                  = command_i[CmdAttentionHeadDim+:11];
  assign members                   = command_i[CmdBanksPerGroup+:8];
  assign fields_o.heads            = heads;
  assign fields_o.head_dim         = head_dim;
  assign fields_o.members          = members;
  assign fields_o.multiplier       = command_i[CmdAttentionMultiplier+:16];
  assign fields_o.multiplier_shift = command_i[CmdAttentionMultiplierShift+:16];

  // ---- STORE
  assign fields_o.column_k     = command_i[CmdStoreBmemK+5+:26];
  assign fields_o.column_v     = command_i[CmdStoreBmemV+5+:26];
  assign fields_o.store_tokens = command_i[CmdStoreTokens+:21];

  // ---- what the result pass writes all over: zeros for vectors of a PV that see nothing, or what a FILL says. Those are the
  // vectors of the tokens before this bank's first turn.
  logic [8:0] blind_tokens;
  logic [21:0] blind_bytes;
  always_comb begin
    blind_tokens = 9'(decoded_i.member >= decoded_i.turn ? decoded_i.member - decoded_i.turn
        : decoded_i.member + members - decoded_i.turn) + 9'd1;
    if (32'(blind_tokens) > command_i[CmdAttentionTokens+:32]) blind_tokens = command_i[CmdAttentionTokens+:9];
    if (decoded_i.held_first != '0) blind_tokens = '0;
    blind_bytes = 22'(blind_tokens * heads * head_dim) << (decoded_i.raw ? 3 : 2);
  end
  assign fields_o.clear_bytes = decoded_i.is_fill ? {command_i[CmdFillWords+:20], 2'b00} : decoded_i.is_pv ? blind_bytes : '0;
  assign fields_o.clear_value = decoded_i.is_fill ? command_i[CmdFillValue+:32] : '0;

`ifdef PIM_ASSERTIONS
  // What is cut off was zero.
  a_fields_fit :
  assert property (@(posedge clk_i) checked_i |->
      bram_in[31:22] == '0 && (decoded_i.is_store || decoded_i.is_softmax || bram_out[31:22] == '0) &&
      (decoded_i.is_store || pitch[31:20] == '0));
`endif
endmodule
