// silu(gate) * up of chunks, one a cycle. The operands wait in a ring while the sigmoid is computed.
module pim_silu #(
    parameter int StreamLanes = 32,
    parameter int TagBits = 16
) (
    input  logic                      clk_i,
    input  logic                      rst_ni,
    input  logic                      valid_i,
    input  logic [       TagBits-1:0] tag_i,
    input  logic [32*StreamLanes-1:0] gate_i,
    input  logic [32*StreamLanes-1:0] up_i,
    output logic                      valid_o,
    output logic [       TagBits-1:0] tag_o,
    output logic [32*StreamLanes-1:0] chunk_o,
    output logic                      busy_o
);
  localparam int Latency = 19;  // of pim_sigmoid_lane
  localparam int RingBits = 5;

  logic [Latency-1:0] valid_q;
  logic silu_valid_q;
  assign busy_o = |valid_q || silu_valid_q || valid_o;

  // The pipeline moves every cycle, so an operand is found by its age.
  logic enable;
  logic [RingBits-1:0] slot_q, aged_slot;
  logic [64*StreamLanes+TagBits-1:0] ring[0:(1<<RingBits)-1];
  logic [64*StreamLanes+TagBits-1:0] aged_q;
  assign enable = valid_i || busy_o;
  // With a width of its own: Icarus makes an index out of an expression wider than its operands.
  assign aged_slot = slot_q - RingBits'(Latency - 1);
  always_ff @(posedge clk_i) begin
    if (valid_i) ring[slot_q] <= {tag_i, up_i, gate_i};
    if (valid_q[Latency-2]) aged_q <= ring[aged_slot];
  end

  logic [TagBits-1:0] tag, silu_tag_q;
  assign tag = aged_q[64*StreamLanes+:TagBits];
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      slot_q       <= '0;
      valid_q      <= '0;
      silu_valid_q <= 1'b0;
      valid_o      <= 1'b0;
      silu_tag_q   <= '0;
      tag_o        <= '0;
    end else if (enable) begin
      slot_q       <= slot_q + 1'b1;
      valid_q      <= {valid_q[Latency-2:0], valid_i};
      silu_valid_q <= valid_q[Latency-1];
      valid_o      <= silu_valid_q;
      silu_tag_q   <= tag;
      tag_o        <= silu_tag_q;
    end
  end

  for (genvar i = 0; i < StreamLanes; i++) begin : g_lane
    logic [16:0] sigmoid;
    pim_sigmoid_lane u_sigmoid (
        .clk_i    (clk_i),
        .enable_i (enable),
        .g_i      (gate_i[32*i+:32]),
        .sigmoid_o(sigmoid)
    );

    // sigmoid <= 2^16: silu has the bits of the gate, the product is below 2^63.
    logic signed [31:0] gate, up_q, silu_q;
    logic signed [49:0] scaled;
    logic signed [63:0] product;
    logic signed [31:0] y;
    assign gate    = aged_q[32*i+:32];
    assign scaled  = gate * $signed({1'b0, sigmoid});
    assign product = silu_q * up_q;
    pim_round_sat32 #(
        .ShiftBits(8)
    ) u_round (
        .x_i    (product),
        .shift_i(8'd16),
        .y_o    (y)
    );
    always_ff @(posedge clk_i) begin
      if (valid_q[Latency-1]) begin
        silu_q <= scaled[47:16] + {31'd0, scaled[15]};
        up_q   <= aged_q[32*(StreamLanes+i)+:32];
      end
      if (silu_valid_q) chunk_o[32*i+:32] <= y;
    end
  end
endmodule
