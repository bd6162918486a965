// What a chunk from the row buffer looks like in memory: up to StreamLanes elements as bytes, zeros behind them.
module pim_alu_encoder #(
    parameter int StreamLanes = 32,
    parameter int CountBits = 9
) (
    input  logic [              7:0] opcode_i,
    input  logic [              4:0] bits_i,        // of a code
    input  logic [              7:0] elements_i,
    input  logic [32*StreamLanes-1:0] chunk_i,
    input  logic [              4:0] exponent_i,    // codes
    input  logic [              3:0] zero_i,        // codes of 4 bits
    input  logic [             17:0] shift_i,       // REDUCE, EMBED
    input  logic [              2:0] eighth_i,      // EMBED: which eighth of the chunk's codes
    input  logic [             15:0] weight_scale_i,
    input  logic [              3:0] weight_zero_i,
    input  logic [             31:0] reciprocal_i,  // ALU_SOFTMAX
    output logic [    CountBits-1:0] bytes_o,
    output logic [32*StreamLanes-1:0] data_o
);
`include "pim_abi.svh"
  logic rounds, is_embed, is_plain;
  assign is_embed = opcode_i == OpEmbed;
  assign rounds   = is_embed || opcode_i == OpReduce;
  assign is_plain = opcode_i == OpAdd || opcode_i == OpArgmax || opcode_i == OpSample;

  // ---- Q16 of embedding weights and of 64-bit sums
  logic [4*StreamLanes-1:0] codes;
  logic [32*StreamLanes-1:0] rounded;
  assign codes = chunk_i[eighth_i*4*StreamLanes+:4*StreamLanes];
  for (genvar i = 0; i < StreamLanes; i++) begin : g_round
    logic signed [4:0] centred;
    logic signed [21:0] weight;
    logic signed [63:0] x;
    assign centred = $signed({1'b0, codes[4*i+:4]}) - $signed({1'b0, weight_zero_i});
    assign weight  = centred * $signed({1'b0, weight_scale_i});
    if (i < StreamLanes / 2) begin : g_sum
      assign x = is_embed ? 64'(weight) : $signed(chunk_i[64*i+:64]);
    end else begin : g_weight
      assign x = 64'(weight);
    end
    pim_round_sat32 #(
        .ShiftBits(18)
    ) u_round (
        .x_i    (x),
        .shift_i(shift_i),
        .y_o    (rounded[32*i+:32])
    );
  end

  // ---- Codes
  logic [16*StreamLanes-1:0] quantised;
  for (genvar i = 0; i < StreamLanes; i++) begin : g_code
    pim_quantise_lane u_lane (
        .x_i       (chunk_i[32*i+:32]),
        .exponent_i(exponent_i),
        .zero_i    (zero_i),
        .bits_i    (bits_i),
        .code_o    (quantised[16*i+:16])
    );
  end

  // ---- Probabilities: weight * reciprocal, 30 bits down
  logic [16*StreamLanes-1:0] probabilities;
  logic [47:0] product;
  logic [17:0] probability;
  always_comb begin
    probabilities = '0;
    product       = '0;
    probability   = '0;
    if (opcode_i == OpAluSoftmax) begin
      for (int i = 0; i < StreamLanes; i++) begin
        product                   = chunk_i[32*i+:16] * reciprocal_i;
        probability               = product[47:30] + {17'd0, product[29]};
        probabilities[16*i+:16] = |probability[17:16] ? 16'hffff : probability[15:0];
      end
    end
  end

  logic used;
  always_comb begin
    data_o  = '0;
    bytes_o = '0;
    used    = 1'b0;
    for (int i = 0; i < StreamLanes; i++) begin
      used = 8'(i) < elements_i;
      if (!used) data_o = data_o;
      else if (rounds) data_o[32*i+:32] = rounded[32*i+:32];
      else if (is_plain) data_o[32*i+:32] = chunk_i[32*i+:32];
      else if (opcode_i == OpAluSoftmax) data_o[16*i+:16] = probabilities[16*i+:16];
      else if (bits_i == 5'd16) data_o[16*i+:16] = quantised[16*i+:16];
      else if (bits_i == 5'd8) data_o[8*i+:8] = quantised[16*i+:8];
      else data_o[4*i+:4] = quantised[16*i+:4];
    end
    if (rounds || is_plain) bytes_o = CountBits'({elements_i, 2'b00});
    else if (opcode_i == OpAluSoftmax || bits_i == 5'd16) bytes_o = CountBits'({elements_i, 1'b0});
    else if (bits_i == 5'd8) bytes_o = CountBits'(elements_i);
    else bytes_o = CountBits'(elements_i[7:1]);
  end
endmodule
